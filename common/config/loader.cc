// SPDX-License-Identifier: MIT
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>
#include <algorithm>

#include <exception>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "common/config/cloud_section.h"
#include "common/config/config.h"
#include "common/config/keys.h"
#include "common/config/problems.h"
#include "common/config/read_file.h"
#include "common/config/section.h"
#include "common/config/values.h"
#include "common/storage/paths.h"
#include "common/util/text.h"
#include "proto/endpoints.h"

namespace aircheck::config {
namespace {

constexpr std::size_t kMaxFileBytes = 16 << 20;

template <typename Target>
void AddNames(std::span<const Key<Target>> keys, std::vector<std::string_view>* names) {
    for (const auto& key : keys) names->push_back(key.name);
}

template <typename Target>
bool Has(std::span<const Key<Target>> keys, std::string_view name) {
    return std::ranges::find(keys, name, &Key<Target>::name) != keys.end();
}

/// What YAML does not allow, but for those above 0x7f.
bool IsControl(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

YAML::Mark MarkOf(std::string_view text, std::ptrdiff_t offset) {
    const auto before = text.substr(0, static_cast<std::size_t>(offset));
    YAML::Mark mark;
    mark.pos = static_cast<int>(offset);
    mark.line = static_cast<int>(std::ranges::count(before, '\n'));
    mark.column = static_cast<int>(before.size() - (before.rfind('\n') + 1));
    return mark;
}

/// Notes where a document begins.
class DocumentStart final : public YAML::EventHandler {
public:
    YAML::Mark mark;

    void OnDocumentStart(const YAML::Mark& at) override { mark = at; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

/// Where a second document begins, if there is one. Not by YAML::LoadAll, which finds documents
/// for ever where a comma begins the text.
std::optional<YAML::Mark> SecondDocument(const std::string& yaml) {
    std::istringstream text(yaml);
    YAML::Parser parser(text);
    DocumentStart start;
    if (!parser.HandleNextDocument(start) || !parser.HandleNextDocument(start)) return std::nullopt;
    return start.mark;
}

/// Walks one file's tree and checks it on the way.
class Loader {
public:
    explicit Loader(const std::filesystem::path& file) : problems_(file.string()) {
        std::error_code error;
        config_.file = file;
        folder_ = std::filesystem::absolute(file, error).parent_path();
    }

    LoadResult Run(const std::string& yaml);
    LoadResult Fail(const std::string& message);

private:
    void ReadTop(const YAML::Node& root);
    void ReadMachines(const Entry& entry);

    void ReadStations(const Entry& entry);
    void ReadStation(const Entry& entry);
    void ReadStationKeys(const Entry& entry, StationConfig* station, GivenKeys* given);
    bool CheckCallsign(const Entry& entry);

    void CheckTop(const GivenKeys& given);
    void CheckCascade(const StationDefaults& values, const GivenKeys& given,
                      const std::string& prefix);

    Problems problems_;
    Config config_;
    std::filesystem::path folder_;
};

LoadResult Loader::Run(const std::string& yaml) {
    if (!util::IsUtf8(yaml)) return Fail("expected UTF-8 text, this is not");
    if (const auto control = std::ranges::find_if(yaml, IsControl); control != yaml.end()) {
        problems_.Add(MarkOf(yaml, control - yaml.begin()), "",
                      "expected text, not a control character (" +
                          std::to_string(static_cast<unsigned char>(*control)) + ")");
        return {std::move(config_), problems_.TakeSorted()};
    }
    try {
        if (const auto second = SecondDocument(yaml))
            problems_.Add(*second, "", "expected one YAML document and nothing else");
        ReadTop(YAML::Load(yaml));
    } catch (const YAML::Exception& error) {
        problems_.Add(error.mark, "", "this is not YAML: " + error.msg);
    } catch (const std::exception& error) {
        // yaml-cpp lets some of the standard library's through.
        problems_.Add(YAML::Mark::null_mark(), "",
                      std::string("this is not YAML: ") + error.what());
    }
    return {std::move(config_), problems_.TakeSorted()};
}

LoadResult Loader::Fail(const std::string& message) {
    problems_.Add(YAML::Mark::null_mark(), "", message);
    return {std::move(config_), problems_.TakeSorted()};
}

void Loader::ReadTop(const YAML::Node& root) {
    if (!root.IsMap() && !root.IsNull()) {
        problems_.Add(
            root.Mark(), "",
            "expected a map with storage, stations and so on, not " + std::string(KindOf(root)));
        return;
    }
    const auto entries = EntriesOf(root, "", &problems_);
    GivenKeys given;
    for (const auto& entry : entries) {
        const bool known = Apply(TopKeys(), entry, config_, &given, &problems_) ||
                           Apply(SharedKeys(), entry, config_.defaults, &given, &problems_);
        if (known) continue;
        if (entry.name == kMachines) {
            ReadMachines(entry);
        } else if (entry.name == kCloud) {
            config_.cloud = ReadCloud(entry, folder_, &problems_);
        } else if (Has(StationKeys(), entry.name)) {
            problems_.Add(entry.mark, entry.path, "belongs into a station, not at the top");
        } else if (entry.name != kStations) {
            std::vector<std::string_view> names{kStations, kCloud, kMachines};
            AddNames(TopKeys(), &names);
            AddNames(SharedKeys(), &names);
            problems_.Add(entry.mark, entry.path, UnknownKey(entry.name, names));
        }
    }
    CheckTop(given);

    // Last, because stations begin as copies of the defaults, wherever in the file those stand.
    const auto stations = std::ranges::find(entries, kStations, &Entry::name);
    if (stations != entries.end()) {
        ReadStations(*stations);
    } else {
        problems_.Add(YAML::Mark::null_mark(), std::string(kStations),
                      "missing: at least one station, such as kpcc: https://…");
    }
}

void Loader::CheckTop(const GivenKeys& given) {
    CheckCascade(config_.defaults, given, "");
    if (!config_.token_file.empty()) config_.token_file = Resolve(config_.token_file, folder_);
    if (!config_.access_log.empty()) config_.access_log = Resolve(config_.access_log, folder_);
    if (!config_.tap_key.empty()) config_.tap_key = Resolve(config_.tap_key, folder_);
    const auto tap_key = given.find("tap_key");
    if (tap_key != given.end() && !given.contains("tap")) {
        problems_.Add(tap_key->second, "tap_key",
                      "expected a tap as well, such as tcp://0.0.0.0:5001, that it is the key of");
    }

    const auto storage = given.find("storage");
    if (storage == given.end()) {
        problems_.Add(YAML::Mark::null_mark(), "storage",
                      "missing: the folder where everything is kept, such as ~/radio");
        return;
    }
    if (config_.storage.empty()) return;
    config_.storage = Resolve(config_.storage, folder_);
    if (config_.storage.native().size() > proto::kMaxStoragePath) {
        problems_.Add(storage->second, "storage",
                      "expected a path of at most " + std::to_string(proto::kMaxStoragePath) +
                          " bytes, for the sockets in it, not " +
                          std::to_string(config_.storage.native().size()));
    }
}

void Loader::CheckCascade(const StationDefaults& values, const GivenKeys& given,
                          const std::string& prefix) {
    if (!values.cascade_time || values.cascade_buffer < *values.cascade_time) return;
    // Reported where somebody wrote it: once for the defaults, not again for each station.
    for (const char* name : {"cascade_buffer", "cascade_time"}) {
        const auto key = given.find(name);
        if (key == given.end()) continue;
        problems_.Add(key->second, prefix + name,
                      "expected a cascade_buffer shorter than the cascade_time");
        return;
    }
}

void Loader::ReadMachines(const Entry& entry) {
    auto& machines = config_.machines.emplace();
    if (!entry.value.IsMap()) {
        problems_.Add(MarkOf(entry), entry.path,
                      "expected a map with listen, check, timeout and expect, not " +
                          std::string(KindOf(entry.value)));
        return;
    }
    GivenKeys given;
    for (const auto& inner : EntriesOf(entry.value, entry.path, &problems_)) {
        if (Apply(MachinesKeys(), inner, machines, &given, &problems_)) continue;
        std::vector<std::string_view> names;
        AddNames(MachinesKeys(), &names);
        problems_.Add(inner.mark, inner.path, UnknownKey(inner.name, names));
    }
}

void Loader::ReadStations(const Entry& entry) {
    if (!entry.value.IsMap() || entry.value.size() == 0) {
        const bool empty = entry.value.IsMap();
        problems_.Add(MarkOf(entry), entry.path,
                      "expected at least one station, such as kpcc: https://…, not " +
                          std::string(empty ? "an empty map" : KindOf(entry.value)));
        return;
    }
    for (const auto& station : EntriesOf(entry.value, entry.path, &problems_)) {
        ReadStation(station);
    }
}

bool Loader::CheckCallsign(const Entry& entry) {
    if (storage::IsCallsign(entry.name)) return true;
    if (storage::IsReservedWord(entry.name)) {
        problems_.Add(entry.mark, entry.path,
                      "expected a callsign that is not a word of the web API's paths");
        return false;
    }
    std::string message =
        "expected a callsign of up to 64 small letters, digits and \"-\", such as kpcc";
    const auto lower = util::ToLower(entry.name);
    if (storage::IsCallsign(lower)) message += "; did you mean \"" + lower + "\"?";
    problems_.Add(entry.mark, entry.path, message);
    return false;
}

void Loader::ReadStation(const Entry& entry) {
    CheckCallsign(entry);
    StationConfig station;
    static_cast<StationDefaults&>(station) = config_.defaults;
    station.callsign = entry.name;
    GivenKeys given;
    if (entry.value.IsMap()) {
        ReadStationKeys(entry, &station, &given);
    } else if (!entry.value.IsNull()) {
        // The short form: just where the stream is.
        const Entry stream{"stream", entry.path, entry.value, entry.mark};
        Apply(StationKeys(), stream, station, &given, &problems_);
    }
    if (!given.contains("stream")) {
        problems_.Add(entry.mark, entry.path, "missing: \"stream\", the URL of the station");
    }
    CheckCascade(station, given, entry.path + ".");
    if (station.name.empty()) station.name = station.callsign;
    config_.stations.push_back(std::move(station));
}

void Loader::ReadStationKeys(const Entry& entry, StationConfig* station, GivenKeys* given) {
    StationDefaults& shared = *station;
    for (const auto& inner : EntriesOf(entry.value, entry.path, &problems_)) {
        const bool known = Apply(StationKeys(), inner, *station, given, &problems_) ||
                           Apply(SharedKeys(), inner, shared, given, &problems_);
        if (known) continue;
        const bool top = Has(TopKeys(), inner.name) || inner.name == kMachines ||
                         inner.name == kCloud || inner.name == kStations;
        std::vector<std::string_view> names;
        AddNames(StationKeys(), &names);
        AddNames(SharedKeys(), &names);
        problems_.Add(inner.mark, inner.path,
                      top ? "belongs at the top of the file, not into a station"
                          : UnknownKey(inner.name, names));
    }
}

}  // namespace

LoadResult Load(const std::filesystem::path& file) {
    return LoadCopy(file, file);
}

LoadResult LoadCopy(const std::filesystem::path& copy, const std::filesystem::path& file) {
    const auto [text, error] = ReadFile(copy, kMaxFileBytes);
    if (!error.empty()) return Loader(file).Fail(error);
    auto result = Parse(text, file);
    result.config.text = text;
    return result;
}

LoadResult Parse(const std::string& yaml, const std::filesystem::path& file) {
    return Loader(file).Run(yaml);
}

}  // namespace aircheck::config

// SPDX-License-Identifier: MIT
#include "common/config/cloud_section.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/config/cloud.h"
#include "common/config/read_file.h"
#include "common/config/values.h"
#include "common/util/text.h"

namespace aircheck::config {
namespace {

constexpr std::size_t kMaxSecretBytes = 64 << 10;
constexpr std::string_view kServices = "s3, sftp or azure";
constexpr std::string_view kFileSuffix = "_file";
constexpr std::string_view kExpectedFile = "the path of a file";

class CloudReader {
public:
    CloudReader(const std::filesystem::path& folder, Problems* problems)
        : folder_(folder), problems_(*problems) {}

    CloudConfig Read(const Entry& entry);

private:
    bool ReadService(const Entry& entry, const std::vector<Entry>& entries);
    void ReadOption(const Entry& entry);
    bool ReadSecretFile(const Entry& entry);
    void Set(const CloudKey& key, const Entry& entry, std::string text);
    const CloudKey* Find(std::string_view name) const;

    const std::filesystem::path& folder_;
    Problems& problems_;
    CloudConfig cloud_;
};

CloudConfig CloudReader::Read(const Entry& entry) {
    if (!entry.value.IsMap()) {
        problems_.Add(MarkOf(entry), entry.path,
                      "expected a map with a service and its options, not " +
                          std::string(KindOf(entry.value)));
        return {};
    }
    const auto before = problems_.size();
    const auto entries = EntriesOf(entry.value, entry.path, &problems_);
    if (!ReadService(entry, entries)) return {};
    for (const auto& option : entries) {
        if (option.name != "service") ReadOption(option);
    }
    AddFromEnvironment(&cloud_);
    // An option that is wrong is not missing as well.
    if (problems_.size() != before) return std::move(cloud_);
    for (const auto& message : MissingOptions(cloud_)) {
        problems_.Add(entry.mark, entry.path, message);
    }
    return std::move(cloud_);
}

bool CloudReader::ReadService(const Entry& entry, const std::vector<Entry>& entries) {
    const auto service = std::ranges::find(entries, "service", &Entry::name);
    if (service == entries.end()) {
        problems_.Add(entry.mark, entry.path,
                      "missing: \"service\", which is " + std::string(kServices));
        return false;
    }
    const auto text = ScalarOf(*service, kServices, &problems_);
    if (!text) return false;
    if (CloudKeys(*text).empty()) {
        problems_.Add(MarkOf(*service), service->path,
                      "expected " + std::string(kServices) + ", not " + Quote(*text));
        return false;
    }
    cloud_.service = *text;
    return true;
}

const CloudKey* CloudReader::Find(std::string_view name) const {
    const auto keys = CloudKeys(cloud_.service);
    const auto key = std::ranges::find(keys, name, &CloudKey::name);
    return key == keys.end() ? nullptr : &*key;
}

void CloudReader::ReadOption(const Entry& entry) {
    if (const auto* key = Find(entry.name)) {
        auto text = ScalarOf(entry, key->expected, &problems_);
        if (text) Set(*key, entry, *std::move(text));
    } else if (!ReadSecretFile(entry)) {
        std::vector<std::string_view> names{"service"};
        for (const auto& known : CloudKeys(cloud_.service)) names.push_back(known.name);
        problems_.Add(entry.mark, entry.path, UnknownKey(entry.name, names));
    }
}

/// "secret_access_key_file: path". False if the key is no such thing.
bool CloudReader::ReadSecretFile(const Entry& entry) {
    if (!entry.name.ends_with(kFileSuffix)) return false;
    const auto name =
        std::string_view(entry.name).substr(0, entry.name.size() - kFileSuffix.size());
    const auto* key = Find(name);
    if (!key || key->kind != OptionKind::kSecret) return false;

    const auto text = ScalarOf(entry, kExpectedFile, &problems_);
    if (!text) return true;
    const auto path = ReadPath(*text);
    if (!path) {
        problems_.Add(MarkOf(entry), entry.path,
                      "expected " + std::string(kExpectedFile) + ", not " + Quote(*text));
        return true;
    }
    const auto file = ReadFile(Resolve(*path, folder_), kMaxSecretBytes);
    const auto secret = util::Trim(file.text);
    if (!file.error.empty()) {
        problems_.Add(MarkOf(entry), entry.path, file.error);
    } else if (secret.empty() || !IsPlain(secret)) {
        problems_.Add(MarkOf(entry), entry.path, "expected a file with one line of text");
    } else {
        Set(*key, entry, std::string(secret));
    }
    return true;
}

void CloudReader::Set(const CloudKey& key, const Entry& entry, std::string text) {
    const auto path = key.kind == OptionKind::kPath ? ReadPath(text) : std::nullopt;
    if (!key.valid(text) || (key.kind == OptionKind::kPath && !path)) {
        const bool secret = key.kind == OptionKind::kSecret;
        problems_.Add(MarkOf(entry), entry.path,
                      "expected " + std::string(key.expected) + ", not " +
                          (secret ? "what is given" : Quote(text)));
        return;
    }
    if (path) text = Resolve(*path, folder_).string();
    if (cloud_.options.emplace(key.name, std::move(text)).second) return;
    problems_.Add(entry.mark, entry.path, "expected either the secret or its file, not both");
}

}  // namespace

CloudConfig ReadCloud(const Entry& entry, const std::filesystem::path& folder, Problems* problems) {
    return CloudReader(folder, problems).Read(entry);
}

}  // namespace aircheck::config

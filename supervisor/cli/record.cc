// SPDX-License-Identifier: MIT
#include "supervisor/cli/record.h"

#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "common/config/config.h"
#include "common/log/log.h"
#include "common/storage/paths.h"
#include "common/storage/pid_file.h"
#include "common/util/error.h"
#include "supervisor/cli/callsigns.h"
#include "supervisor/cli/exit_codes.h"
#include "supervisor/cli/instance.h"
#include "supervisor/programs.h"

namespace aircheck::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Callsigns(const RecordOptions& options,
                                   const std::vector<std::string>& urls) {
    if (options.name.empty()) return MakeCallsigns(urls);
    if (urls.size() > 1) throw std::invalid_argument("--name goes with one URL only");
    if (storage::IsReservedWord(options.name)) {
        throw std::invalid_argument("--name " + options.name +
                                    ": that word begins a path of the web API; choose another");
    }
    if (!storage::IsCallsign(options.name)) {
        throw std::invalid_argument("--name " + options.name +
                                    ": a callsign is made of a-z, 0-9 and -, as in kpcc");
    }
    return {options.name};
}

void RefuseIfRunning(const storage::Layout& layout) {
    const auto holder = storage::PidFile::Find(layout.PidFile("supervisor"));
    if (!holder) return;
    throw std::runtime_error(fmt::format(
        "aircheckd is already running as PID {} with the storage {}; name another with --storage",
        holder->pid, layout.root().string()));
}

// A crash must not leave half a file behind for the next start.
void WriteFile(const fs::path& file, const std::string& text) {
    const fs::path fresh = file.string() + ".new";
    std::ofstream out(fresh, std::ios::trunc);
    out << text;
    out.close();
    if (!out) util::ThrowErrno("cannot write " + fresh.string());
    fs::rename(fresh, file);
}

config::Config LoadBack(const fs::path& file) {
    auto loaded = config::Load(file);
    if (loaded.ok()) return std::move(loaded.config);
    std::string text = "this cannot be recorded:";
    for (const auto& problem : loaded.problems) {
        text += "\n  " + (problem.key.empty() ? "" : problem.key + ": ") + problem.message;
    }
    throw std::runtime_error(text);
}

std::string WebAddress(const config::Config& config) {
    const auto& [host, port] = config.listen.front();
    if (host == "0.0.0.0" || host == "::") return fmt::format("http://127.0.0.1:{}", port);
    const bool is_v6 = host.find(':') != std::string::npos;
    return fmt::format("http://{}{}{}:{}", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
}

void PrintHints(const config::Config& config) {
    const std::string web = WebAddress(config);
    fmt::print("Recording to {}. Open or play:\n  {}/\n", config.storage.string(), web);
    for (const auto& station : config.stations) {
        fmt::print("  {}: {}\n", station.callsign, station.streams.front());
        fmt::print("    {}/{}/live/-1min       radio from a minute ago on\n", web,
                   station.callsign);
        fmt::print("    {}/{}/at/-2min/1min    one minute of it, as a file\n", web,
                   station.callsign);
    }
    fmt::print("How it goes: aircheck status --storage {}\nCtrl-C ends it.\n\n",
               config.storage.string());
    std::fflush(stdout);
}

[[noreturn]] void BecomeAircheckd(const fs::path& config_file) {
    const std::string program =
        supervisor::FindProgram(supervisor::OwnFolder(), "aircheckd").string();
    execl(program.c_str(), program.c_str(), "--config", config_file.c_str(), nullptr);
    util::ThrowErrno("cannot run " + program);
}

}  // namespace

std::string RecordConfig(const RecordOptions& options, const std::vector<std::string>& urls,
                         const std::vector<std::string>& callsigns) {
    YAML::Emitter out;
    out.SetStringFormat(YAML::DoubleQuoted);
    const auto key = [&out](const std::string& text) {
        out << YAML::Key << YAML::Auto << text << YAML::Value;
    };
    out << YAML::BeginMap;
    key("storage");
    out << options.storage;
    key("listen");
    out << options.listen;
    if (!options.timezone.empty()) {
        key("timezone");
        out << options.timezone;
    }
    key("stations");
    out << YAML::BeginMap;
    for (std::size_t i = 0; i < urls.size(); ++i) {
        key(callsigns[i]);
        out << YAML::BeginMap;
        key("stream");
        out << urls[i] << YAML::EndMap;
    }
    out << YAML::EndMap << YAML::EndMap;
    return std::string(out.c_str()) + "\n";
}

int Record(const RecordOptions& options) {
    std::vector<std::string> urls;
    for (const auto& url : options.urls) urls.push_back(CheckStreamUrl(url));
    const auto callsigns = Callsigns(options, urls);
    if (options.print_config) {
        fmt::print("{}", RecordConfig(options, urls, callsigns));
        return kExitOk;
    }
    RecordOptions absolute = options;
    absolute.storage = ExpandPath(options.storage).string();
    const storage::Layout layout(absolute.storage);
    layout.Create();
    RefuseIfRunning(layout);
    const fs::path file = layout.Run() / "record.yaml";
    WriteFile(file, RecordConfig(absolute, urls, callsigns));
    PrintHints(LoadBack(file));
    BecomeAircheckd(file);
}

}  // namespace aircheck::cli

// SPDX-License-Identifier: MIT
#include "supervisor/cli/check_config.h"

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "common/log/log.h"
#include "common/util/units.h"
#include "supervisor/cli/exit_codes.h"
#include "supervisor/programs.h"
#include "supervisor/tap_key.h"

namespace aircheck::cli {
namespace {

/// Says so if it is none.
bool IsTapKey(const config::Config& config) {
    try {
        supervisor::ReadTapKey(config.tap_key);
        return true;
    } catch (const std::runtime_error& error) {
        fmt::print(stderr, "{}: tap_key: {}\n", config.file.string(), error.what());
        return false;
    }
}

}  // namespace

std::string StationSummary(const config::Config& config, const config::StationConfig& station) {
    std::string text = fmt::format("{}: {}", station.callsign, station.streams.front());
    if (const auto more = station.streams.size() - 1; more > 0) {
        text += fmt::format(" (and {} more)", more);
    }
    text += ", " + (station.timezone.empty() ? "this machine's time" : station.timezone);
    const auto kept =
        config.cloud ? config::CloudRetention(station) : config::DiskRetention(config, station);
    return text + ", kept for " + util::FormatDuration(kept);
}

int CheckConfig(const std::string& named) {
    std::filesystem::path file = named;
    if (file.empty()) {
        const auto found = supervisor::FindConfigFile();
        if (!found) {
            fmt::print(stderr, "aircheck: {}\n", supervisor::NoConfigFileText());
            return kExitError;
        }
        file = *found;
    }
    const auto loaded = config::Load(file);
    for (const auto& problem : loaded.problems) fmt::print(stderr, "{}\n", problem.Text());
    if (!loaded.ok()) return kExitError;
    if (!loaded.config.tap_key.empty() && !IsTapKey(loaded.config)) return kExitError;
    const auto& stations = loaded.config.stations;
    fmt::print("{}: ok: {} station{}\n", file.string(), stations.size(),
               stations.size() == 1 ? "" : "s");
    for (const auto& station : stations) {
        fmt::print("  {}\n", StationSummary(loaded.config, station));
    }
    return kExitOk;
}

}  // namespace aircheck::cli

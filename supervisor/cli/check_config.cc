// SPDX-License-Identifier: MIT
#include "supervisor/cli/check_config.h"

#include <cstdio>
#include <filesystem>

#include "common/log/log.h"
#include "common/util/units.h"
#include "supervisor/cli/exit_codes.h"
#include "supervisor/programs.h"

namespace aircheck::cli {

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
    const auto& stations = loaded.config.stations;
    fmt::print("{}: ok: {} station{}\n", file.string(), stations.size(),
               stations.size() == 1 ? "" : "s");
    for (const auto& station : stations) {
        fmt::print("  {}\n", StationSummary(loaded.config, station));
    }
    return kExitOk;
}

}  // namespace aircheck::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "supervisor/shards.h"
#include "supervisor/worker_process.h"

namespace aircheck::supervisor {

inline constexpr std::string_view kDownloader = "downloader";
inline constexpr std::string_view kWebApi = "webapi";
inline constexpr std::string_view kPruner = "pruner";
inline constexpr std::string_view kLoudness = "loudness";

/// What workers are told apart from the configuration.
struct WorkerSetting {
    std::filesystem::path own_folder;
    std::filesystem::path accepted;  // the copy of the configuration that they read
    std::string control;             // endpoint
    int generation = 1;
    std::vector<int> listen_fds;  // for the web workers
    bool standby = false;         // but for downloaders, workers wait to be activated
};

/// Where the programs of all roles are. Throws std::runtime_error if one is missing.
void CheckPrograms(const std::filesystem::path& own_folder);

/// What the configuration asks for, in the order of starting: downloaders first, since every
/// second without them is lost. Throws std::runtime_error if a program is missing.
std::vector<WorkerSpec> PlanWorkers(const config::Config& config, const Shards& shards,
                                    const WorkerSetting& setting);

/// How long silence is borne.
WorkerMachine::Limits WorkerLimits(const config::Config& config);

}  // namespace aircheck::supervisor

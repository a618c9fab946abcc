// SPDX-License-Identifier: MIT
#include "supervisor/worker_plan.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/storage/paths.h"
#include "common/worker/worker.h"
#include "supervisor/programs.h"

namespace aircheck::supervisor {
namespace {

std::filesystem::path ProgramOf(const std::filesystem::path& own_folder, std::string_view role) {
    return FindProgram(own_folder, "aircheck-" + std::string(role));
}

worker::Arguments CommonArguments(const config::Config& config, const WorkerSetting& setting,
                                  std::string name) {
    worker::Arguments arguments;
    arguments.config = config.file.string();
    arguments.accepted = setting.accepted.string();
    arguments.name = std::move(name);
    arguments.control = setting.control;
    arguments.generation = setting.generation;
    arguments.supervisor_pid = getpid();
    return arguments;
}

WorkerSpec Spec(std::string_view role, const std::filesystem::path& program,
                const worker::Arguments& arguments, std::vector<int> inherit = {}) {
    return {arguments.name,
            std::string(role),
            {program.string(), arguments.ToCommandLine(), std::move(inherit)},
            std::nullopt,
            false,
            ""};
}

std::string Numbered(std::string_view role, int number) {
    return std::string(role) + "-" + std::to_string(number);
}

/// One that there is one of.
void AddSingle(std::string_view role, const config::Config& config, const WorkerSetting& setting,
               std::vector<WorkerSpec>& specs) {
    auto arguments = CommonArguments(config, setting, Numbered(role, 0));
    arguments.standby = setting.standby;
    WorkerSpec& spec =
        specs.emplace_back(Spec(role, ProgramOf(setting.own_folder, role), arguments));
    if (!setting.standby) spec.tell = {.command = "activate"};
}

}  // namespace

void CheckPrograms(const std::filesystem::path& own_folder) {
    for (const auto role : {kDownloader, kWebApi, kPruner, kLoudness}) ProgramOf(own_folder, role);
}

std::vector<WorkerSpec> PlanWorkers(const config::Config& config, const Shards& shards,
                                    const WorkerSetting& setting) {
    std::vector<WorkerSpec> specs;
    const auto downloader = ProgramOf(setting.own_folder, kDownloader);
    for (const auto& shard : shards.all()) {
        auto arguments = CommonArguments(config, setting, shard.name);
        arguments.stations.assign(shard.stations.begin(), shard.stations.end());
        arguments.caretaker = &shard == &shards.all().front();
        WorkerSpec& spec = specs.emplace_back(Spec(kDownloader, downloader, arguments));
        spec.reloads = true;
        spec.tell = {
            .command = "reload", .accepted = arguments.accepted, .stations = arguments.stations};
    }
    const auto webapi = ProgramOf(setting.own_folder, kWebApi);
    for (int i = 0; i < config.webapis; ++i) {
        auto arguments = CommonArguments(config, setting, Numbered(kWebApi, i));
        arguments.standby = setting.standby;
        for (std::size_t fd = 0; fd < setting.listen_fds.size(); ++fd)
            arguments.listen_fds.push_back(event::ChildProcess::kFirstInherited +
                                           static_cast<int>(fd));
        WorkerSpec& spec = specs.emplace_back(Spec(kWebApi, webapi, arguments, setting.listen_fds));
        if (!setting.standby) spec.tell = {.command = "activate"};
        spec.takeover = storage::Layout(config.storage)
                            .TakeoverSocket(arguments.name, setting.generation)
                            .string();
    }
    AddSingle(kPruner, config, setting, specs);
    if (config.loudness) AddSingle(kLoudness, config, setting, specs);
    return specs;
}

WorkerMachine::Limits WorkerLimits(const config::Config& config) {
    WorkerMachine::Limits limits;
    limits.silence = 2 * config.defaults.cycle_time;
    limits.first_beat = std::max(limits.first_beat, limits.silence);
    return limits;
}

}  // namespace aircheck::supervisor

// SPDX-License-Identifier: MIT
#include <atomic>
#include <random>
#include <utility>

#include "common/cloud/open_store.h"
#include "common/config/cloud.h"
#include "common/worker/worker.h"
#include "pruner/chores.h"
#include "pruner/pruner.h"

namespace {

using aircheck::proto::Answer;
using aircheck::proto::Command;
using aircheck::pruner::Chores;

int Prune(aircheck::worker::Worker& worker) {
    const aircheck::config::Config& config = worker.config();
    const auto open = [&config](const std::atomic<bool>& quit) {
        return aircheck::cloud::OpenStore(
            *config.cloud,
            {.quit = &quit, .bytes_per_second = aircheck::config::Bandwidth(*config.cloud)});
    };
    aircheck::pruner::Pruner::Options options;
    options.name = worker.arguments().name;
    options.random = [] {
        thread_local std::mt19937 engine(std::random_device{}());
        return std::uniform_real_distribution{}(engine);
    };
    options.open = open;
    options.publish = [&worker](const aircheck::proto::Message& message) {
        worker.Publish(message);
    };
    Chores* reindexer = nullptr;
    options.on_unknown = [&reindexer] { reindexer->Do(Command{.command = "reindex"}); };
    aircheck::pruner::Pruner pruner(worker.loop(), config, aircheck::time::SystemClock(),
                                    std::move(options));
    Chores chores(
        worker.loop(), pruner.thread(), aircheck::storage::Layout(config.storage),
        worker.arguments().name, [&worker](const Answer& answer) { worker.Publish(answer); },
        config.cloud ? Chores::OpenCloud(open) : Chores::OpenCloud());
    reindexer = &chores;
    // The one that it is to replace prunes for the time being.
    if (!worker.arguments().standby) pruner.Start();
    worker.AnnounceReady();

    aircheck::worker::Worker::Hooks hooks;
    hooks.activate = [&, standby = worker.arguments().standby]() mutable {
        if (std::exchange(standby, false)) pruner.Start();
    };
    hooks.fill_heartbeat = [&](aircheck::proto::Heartbeat& beat) { pruner.FillHeartbeat(beat); };
    hooks.on_command = [&](const Command& command) {
        if (Chores::IsOne(command)) return chores.Do(command);
        if (command.command != "prune") return;
        pruner.Prune(command.station, [&, id = command.id](std::string sentence) {
            worker.Publish(Answer{.id = id, .accepted = true, .text = std::move(sentence)});
        });
    };
    hooks.stop = [&](std::function<void()> finished) {
        chores.Stop(
            [&, finished = std::move(finished)]() mutable { pruner.Stop(std::move(finished)); });
    };
    return worker.Run(std::move(hooks));
}

}  // namespace

int main(int argc, char** argv) {
    return aircheck::worker::Main(argc, argv, "pruner", Prune);
}

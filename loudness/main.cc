// SPDX-License-Identifier: MIT
#include <functional>
#include <utility>

#include "common/worker/worker.h"
#include "loudness/loudness_worker.h"

namespace {

using aircheck::loudness::LoudnessWorker;

int Listen(aircheck::worker::Worker& worker) {
    LoudnessWorker loudness(
        worker.loop(), worker.config(), aircheck::time::SystemClock(), worker.arguments().name,
        [&worker](const aircheck::proto::Message& message) { worker.Publish(message); });
    // The one that it is to replace listens for the time being.
    if (!worker.arguments().standby) loudness.Start();
    worker.AnnounceReady();

    aircheck::worker::Worker::Hooks hooks;
    hooks.activate = [&] { loudness.Start(); };
    hooks.fill_heartbeat = [&](aircheck::proto::Heartbeat& beat) { loudness.FillHeartbeat(beat); };
    hooks.stop = [&](std::function<void()> finished) { loudness.Stop(std::move(finished)); };
    return worker.Run(std::move(hooks));
}

}  // namespace

int main(int argc, char** argv) {
    return aircheck::worker::Main(argc, argv, "loudness", Listen);
}

// SPDX-License-Identifier: MIT
#include "supervisor/cli/restart.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "common/time/clock.h"
#include "common/util/error.h"
#include "proto/messages.h"
#include "supervisor/cli/exit_codes.h"
#include "supervisor/cli/tap.h"

namespace aircheck::cli {
namespace {

using Clock = std::chrono::steady_clock;

// Nothing is heard for so long only if nobody is there to tell.
constexpr std::chrono::minutes kSilence{3};

/// What to say of an event, and the exit code if it is the last one.
struct Progress {
    std::string text;
    std::optional<int> exit_code;
};

Progress OfRestart(const proto::RestartEvent& event) {
    if (event.event == "begun")
        return {"generation " + std::to_string(event.generation) + " has been started, version " +
                    event.version + ", PID " + std::to_string(event.pid),
                {}};
    if (event.event == "ready") return {"it does all the work too", {}};
    if (event.event == "taken") return {"it has taken over; the old processes finish", {}};
    if (event.event == "failed") return {"failed, all is as before: " + event.reason, kExitError};
    if (event.event != "done") return {};
    std::string text = "done";
    if (event.stations > 0)
        text += ": " + std::to_string(event.exact) + " of " + std::to_string(event.stations) +
                " stations go on frame by frame, " + std::to_string(event.lost) + " frames lost, " +
                std::to_string(event.doubled) + " doubled";
    return {text, kExitOk};
}

Progress OfReload(const proto::RestartEvent& event) {
    if (event.event == "reloaded") return {"done", kExitOk};
    if (event.event == "refused")
        return {"refused, nothing has been changed: " + event.reason, kExitError};
    return OfRestart(event);  // some changes take that
}

int Follow(const Instance& instance, const char* word, int signal,
           const std::function<Progress(const proto::RestartEvent&)>& tell) {
    Tap tap(TapSource::Of(instance.storage), {"restart."});
    const double since = time::ToUnixSeconds(time::SystemClock().Now());
    if (::kill(instance.pid, signal) != 0)
        util::ThrowErrno("cannot signal aircheckd, PID " + std::to_string(instance.pid));
    Tap::Message message;
    while (tap.Next(message, Clock::now() + kSilence) == Tap::Wait::kMessage) {
        const auto decoded = proto::Decode(message.topic, message.json);
        const auto* known = std::get_if<proto::Message>(&decoded);
        const auto* event = known ? std::get_if<proto::RestartEvent>(known) : nullptr;
        if (!event || event->time < since) continue;
        const Progress progress = tell(*event);
        if (!progress.text.empty()) std::printf("%s: %s\n", word, progress.text.c_str());
        std::fflush(stdout);
        if (progress.exit_code) return *progress.exit_code;
    }
    std::fprintf(stderr, "aircheck: nothing more is heard of it; aircheckd's log tells more\n");
    return kExitError;
}

}  // namespace

int Restart(const Instance& instance) {
    return Follow(instance, "restart", SIGUSR2, OfRestart);
}

int Reload(const Instance& instance) {
    return Follow(instance, "reload", SIGHUP, OfReload);
}

}  // namespace aircheck::cli

// SPDX-License-Identifier: MIT
#include "supervisor/cli/status.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <variant>

#include "common/log/log.h"
#include "common/storage/paths.h"
#include "common/storage/pid_file.h"
#include "common/time/clock.h"
#include "supervisor/cli/exit_codes.h"
#include "supervisor/cli/screen.h"
#include "supervisor/cli/status_model.h"
#include "supervisor/cli/status_text.h"
#include "supervisor/cli/tap.h"

namespace aircheck::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kRedrawEvery{1};

// The first picture comes within milliseconds; it is whole when nothing more follows at once.
constexpr std::chrono::seconds kPatience{3};
constexpr std::chrono::milliseconds kQuiet{200};

double Now() {
    return time::ToUnixSeconds(time::SystemClock().Now());
}

/// Follows the tap until `deadline`, or until nothing has come for `quiet`. False if interrupted.
bool Follow(Tap& tap, StatusModel& model, Clock::time_point deadline, Clock::duration quiet) {
    Tap::Message message;
    bool has_some = false;
    for (;;) {
        const auto until = has_some ? std::min(deadline, Clock::now() + quiet) : deadline;
        switch (tap.Next(message, until)) {
            case Tap::Wait::kInterrupted:
                return false;
            case Tap::Wait::kTimeout:
            case Tap::Wait::kResized:
                return true;
            case Tap::Wait::kMessage:
                break;
        }
        has_some = true;
        const auto decoded = proto::Decode(message.topic, message.json);
        if (const auto* known = std::get_if<proto::Message>(&decoded)) model.Apply(*known);
        if (Clock::now() >= deadline) return true;
    }
}

bool StillRuns(const Instance& instance) {
    const storage::Layout layout(instance.storage);
    return storage::PidFile::Find(layout.PidFile("supervisor")).has_value();
}

int Watch(Tap& tap, StatusModel& model, const Instance& instance) {
    const std::string storage = instance.storage.string();
    {
        Screen screen;
        do {
            const auto [columns, rows] = TerminalSize();
            screen.Draw(StatusText(model, storage, Now(), columns, rows - 1));
            if (!Follow(tap, model, Clock::now() + kRedrawEvery, kRedrawEvery)) return kExitOk;
        } while (StillRuns(instance));
    }
    fmt::print(stderr, "aircheck: aircheckd (PID {}) has ended\n", instance.pid);
    return kExitError;
}

}  // namespace

int Status(const Instance& instance, bool once, bool as_json) {
    Tap tap(TapSource::Of(instance.storage), {});
    StatusModel model;
    if (!Follow(tap, model, Clock::now() + kPatience, kQuiet)) return kExitOk;
    if (model.supervisor().seq == 0) {
        fmt::print(stderr, "aircheck: aircheckd (PID {}) does not answer\n", instance.pid);
        return kExitError;
    }
    const std::string storage = instance.storage.string();
    if (as_json) {
        Put(StatusJson(model, storage, Now()) + "\n");
        return kExitOk;
    }
    if (once || isatty(STDOUT_FILENO) == 0) {
        Put(StatusText(model, storage, Now(), 0, 0));
        return kExitOk;
    }
    return Watch(tap, model, instance);
}

}  // namespace aircheck::cli

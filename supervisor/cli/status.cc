// SPDX-License-Identifier: MIT
#include "supervisor/cli/status.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <variant>

#include "common/log/log.h"
#include "common/storage/paths.h"
#include "common/storage/pid_file.h"
#include "common/time/clock.h"
#include "common/util/text.h"
#include "supervisor/cli/exit_codes.h"
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

void Put(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

/// The other screen of the terminal, so that the scroll-back stays as it was.
class Screen {
public:
    Screen() { Put("\x1b[?1049h\x1b[?25l"); }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;
    ~Screen() { Put("\x1b[?25h\x1b[?1049l"); }

    /// Writes over what is there, line by line: clearing first would flicker.
    void Draw(const std::string& text) {
        std::string frame = "\x1b[H";
        for (const std::string_view line : util::Split(text, '\n')) {
            frame.append(line).append("\x1b[K\n");
        }
        frame.pop_back();  // behind the last line feed there is no further line
        Put(frame + "\x1b[J");
    }
};

winsize TerminalSize() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) size = {24, 80, 0, 0};
    return size;
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
            const winsize size = TerminalSize();
            screen.Draw(StatusText(model, storage, Now(), size.ws_col, size.ws_row - 1u));
            if (!Follow(tap, model, Clock::now() + kRedrawEvery, kRedrawEvery)) return kExitOk;
        } while (StillRuns(instance));
    }
    fmt::print(stderr, "aircheck: aircheckd (PID {}) has ended\n", instance.pid);
    return kExitError;
}

}  // namespace

int Status(const Instance& instance, bool once, bool as_json) {
    Tap tap(instance.storage, "");
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

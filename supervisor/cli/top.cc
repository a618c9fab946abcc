// SPDX-License-Identifier: MIT
#include "supervisor/cli/top.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <variant>

#include "common/log/log.h"
#include "common/time/clock.h"
#include "supervisor/cli/exit_codes.h"
#include "supervisor/cli/missed.h"
#include "supervisor/cli/screen.h"
#include "supervisor/cli/top_text.h"

namespace aircheck::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kRedrawEvery{1};

// The first picture comes within milliseconds, from another machine within a second or so; it is
// whole when nothing more follows at once.
constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::milliseconds kQuiet{200};

double Now() {
    return time::ToUnixSeconds(time::SystemClock().Now());
}

class Display {
public:
    explicit Display(const TapSource& source) : tap_(source, {}), where_(source.endpoint) {}

    /// Until `deadline`, or until nothing has come for `quiet`. What ended it.
    Tap::Wait Follow(Clock::time_point deadline, Clock::duration quiet) {
        Tap::Message message;
        auto until = deadline;
        for (;;) {
            const Tap::Wait wait = tap_.Next(message, until);
            if (wait != Tap::Wait::kMessage) return wait;
            Take(message);
            if (Clock::now() >= deadline) return Tap::Wait::kTimeout;
            until = std::min(deadline, Clock::now() + quiet);
        }
    }
    bool has_picture() const { return model_.status().supervisor().seq > 0; }

    std::string Text(std::size_t columns, std::size_t rows) const {
        return TopText(model_, where_, Now(), columns, rows);
    }

private:
    void Take(const Tap::Message& message) {
        model_.CountMissed(missed_.Take(message.topic, message.json));
        const auto decoded = proto::Decode(message.topic, message.json);
        if (const auto* known = std::get_if<proto::Message>(&decoded)) model_.Apply(*known);
    }

    Tap tap_;
    TopModel model_;
    MissedMessages missed_;
    const std::string where_;
};

// The supervisor may be replaced by another one meanwhile: the beat's age tells of one that is
// gone.
int Watch(Display& display) {
    Screen screen;
    for (auto next = Clock::now();;) {
        const auto [columns, rows] = TerminalSize();
        screen.Draw(display.Text(columns, rows - 1));
        if (Clock::now() >= next) next = Clock::now() + kRedrawEvery;
        if (display.Follow(next, kRedrawEvery) == Tap::Wait::kInterrupted) return kExitOk;
    }
}

}  // namespace

int Top(const TapSource& source, bool once) {
    Display display(source);
    if (display.Follow(Clock::now() + kPatience, kQuiet) == Tap::Wait::kInterrupted) return kExitOk;
    if (!display.has_picture()) {
        fmt::print(stderr, "aircheck: nobody answers at {}\n", source.endpoint);
        return kExitError;
    }
    if (!once && isatty(STDOUT_FILENO) != 0) return Watch(display);
    Put(display.Text(0, 0));
    return kExitOk;
}

}  // namespace aircheck::cli

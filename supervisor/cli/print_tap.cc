// SPDX-License-Identifier: MIT
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstdio>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "supervisor/cli/exit_codes.h"
#include "supervisor/cli/missed.h"
#include "supervisor/cli/tap.h"

namespace aircheck::cli {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTellEvery{1};

/// Says on standard error what is missing: at most once a second, and at the end.
class Teller {
public:
    ~Teller() {
        Tell();
        if (missed_.total() > 0)
            fmt::print(stderr, "aircheck: {} messages missed in all\n", missed_.total());
    }
    void Take(const Tap::Message& message) {
        untold_ += missed_.Take(message.topic, message.json);
        if (Clock::now() >= next_) Tell();
    }
    void Tell() {
        if (untold_ == 0) return;
        fmt::print(stderr, "aircheck: {} messages missed\n", untold_);
        untold_ = 0;
        next_ = Clock::now() + kTellEvery;
    }
    bool has_untold() const { return untold_ > 0; }

private:
    MissedMessages missed_;
    std::uint64_t untold_ = 0;
    Clock::time_point next_{};
};

std::string WithTopic(const Tap::Message& message) {
    json::object line{{"topic", message.topic}};
    boost::system::error_code error;
    const json::value value = json::parse(message.json, error);
    if (error || !value.is_object()) return json::serialize(line);
    for (const auto& [name, field] : value.get_object()) line.emplace(name, field);
    return json::serialize(line);
}

std::string Line(const Tap::Message& message, const TapOptions& options) {
    std::string line;
    if (options.times) line = time::FormatIso(time::SystemClock().Now()) + " ";
    if (options.as_json) return line + WithTopic(message);
    return line + message.topic + " " + message.json;
}

}  // namespace

int PrintTap(const TapSource& source, const TapOptions& options) {
    Tap tap(source, options.prefixes);
    Tap::Message message;
    Teller missed;
    for (;;) {
        const auto patience = missed.has_untold() ? kTellEvery : std::chrono::hours{1};
        switch (tap.Next(message, Clock::now() + patience)) {
            case Tap::Wait::kInterrupted:
                return kExitOk;
            case Tap::Wait::kResized:
                break;
            case Tap::Wait::kTimeout:
                missed.Tell();
                break;
            case Tap::Wait::kMessage:
                missed.Take(message);
                if (std::puts(Line(message, options).c_str()) < 0 || std::fflush(stdout) != 0)
                    return kExitOk;  // the reader has seen enough
        }
    }
}

}  // namespace aircheck::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "proto/messages.h"

namespace aircheck::proto {

/// A station may have several recorders. Chooses whose beats tell how it does: one that records,
/// and the same one for as long as it does.
class RecorderChoice {
public:
    /// s without a beat after which another one is believed.
    static constexpr double kPatience = 3;

    /// Whether to go by this beat of `worker`, heard at `now`, in seconds of any clock.
    bool Accept(std::string_view worker, const StationBeat& beat, double now) {
        if (worker != worker_ && recording_ && now - heard_ < kPatience) return false;
        worker_ = worker;
        recording_ = beat.state == "recording";
        heard_ = now;
        return true;
    }

private:
    std::string worker_;
    bool recording_ = false;
    double heard_ = 0;
};

}  // namespace aircheck::proto

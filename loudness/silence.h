// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "common/audio/level.h"
#include "common/time/clock.h"

namespace aircheck::loudness {

/// The time of one level.
inline constexpr time::Micros kTenth{100'000};

/// Hears a station's levels and tells when it has fallen silent and when sound is back. Pure.
///
/// Sound that lasts for less than `kClick` does not end a silence. What is not known is neither
/// sound nor silence. Where nothing was recorded for longer than `kGap` a silence begins anew, but
/// an alarm stays until there is sound.
class SilenceDetector {
public:
    static constexpr time::Micros kClick = 3 * kTenth;
    static constexpr time::Micros kGap{5'000'000};

    struct Limits {
        time::Micros after{};
        double below = 0;  // dBFS
    };

    struct Change {
        bool silent = false;
        time::SysTime since;                 // when the silence began
        std::optional<time::SysTime> until;  // when sound was back

        bool operator==(const Change&) const = default;
    };

    explicit SilenceDetector(Limits limits) : limits_(limits) {}

    /// The alarm has been on since then, as was told before.
    void Resume(time::SysTime since);

    /// Levels of the time from `from` on. What lies before the end of those heard is passed over:
    /// two takes may have the same sound.
    std::vector<Change> Hear(time::SysTime from, std::span<const audio::Level> levels);

    /// The end of what has been heard.
    time::SysTime heard() const { return heard_; }

private:
    void HearSound(time::SysTime at, std::vector<Change>& changes);
    void HearSilence(time::SysTime at, std::vector<Change>& changes);

    const Limits limits_;
    time::SysTime heard_;
    std::optional<time::SysTime> since_;     // of the present silence
    std::optional<time::SysTime> sound_at_;  // of the present sound within it
    bool alarm_ = false;
};

}  // namespace aircheck::loudness

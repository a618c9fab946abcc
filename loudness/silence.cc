// SPDX-License-Identifier: MIT
#include "loudness/silence.h"

namespace aircheck::loudness {

void SilenceDetector::Resume(time::SysTime since) {
    since_ = since;
    alarm_ = true;
}

std::vector<SilenceDetector::Change> SilenceDetector::Hear(time::SysTime from,
                                                           std::span<const audio::Level> levels) {
    std::vector<Change> changes;
    for (time::SysTime at = from; const audio::Level level : levels) {
        const time::SysTime begin = at;
        at += kTenth;
        // The takes' clocks differ by less than half of that.
        if (begin < heard_ - kTenth / 2) continue;
        if (begin > heard_ + kGap && !alarm_) since_.reset();
        if (begin > heard_ + kGap) sound_at_.reset();
        heard_ = at;
        if (level == audio::kUnknownLevel) continue;
        if (audio::Decibels(level) < limits_.below)
            HearSilence(begin, changes);
        else
            HearSound(begin, changes);
    }
    return changes;
}

void SilenceDetector::HearSound(time::SysTime at, std::vector<Change>& changes) {
    if (!since_) return;
    if (!sound_at_) sound_at_ = at;
    if (heard_ - *sound_at_ < kClick) return;
    if (alarm_) changes.push_back({false, *since_, sound_at_});
    alarm_ = false;
    since_.reset();
    sound_at_.reset();
}

void SilenceDetector::HearSilence(time::SysTime at, std::vector<Change>& changes) {
    sound_at_.reset();
    if (!since_) since_ = at;
    if (alarm_ || heard_ - *since_ < limits_.after) return;
    alarm_ = true;
    changes.push_back({true, *since_, std::nullopt});
}

}  // namespace aircheck::loudness

// SPDX-License-Identifier: MIT
#include "webapi/tape/tape_levels.h"

#include <boost/json/array.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "common/audio/level.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

constexpr time::Micros kTenth{100'000};
constexpr time::Micros kTenSeconds{10'000'000};

json::value DecibelsOrNull(audio::Level level) {
    return level == audio::kUnknownLevel ? json::value() : json::value(audio::Decibels(level));
}

}  // namespace

TapeLevels::TapeLevels(time::SysTime from, time::SysTime to, time::Micros step)
    : begin_(from), step_(std::max(step, kTenth)) {
    const auto count = (to - from + step_ - time::Micros{1}) / step_;
    steps_.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, count)));
}

void TapeLevels::Add(const catalog::Catalog& catalog, const catalog::Segment& segment,
                     time::SysTime from, time::SysTime to) {
    if (steps_.empty() || segment.end <= from || segment.start >= to) return;
    const auto within = [&](time::SysTime at) { return at >= from && at < to; };
    if (step_ >= kTenSeconds) {
        // Each counts for where its middle lies.
        time::SysTime at = segment.start + kTenSeconds / 2;
        for (const catalog::LevelOutline& outline : catalog.Outline(segment.id)) {
            const time::SysTime middle = std::min(at, segment.end - kTenth);
            if (within(middle)) Add(middle, outline);
            at += kTenSeconds;
        }
        return;
    }
    const std::int64_t first = std::max<std::int64_t>(0, (from - segment.start) / kTenth);
    const std::int64_t last = (std::min(to, segment.end) - segment.start) / kTenth;
    time::SysTime at = segment.start + first * kTenth;
    for (const audio::Level level : catalog.Levels(segment.id, static_cast<std::size_t>(first),
                                                   static_cast<std::size_t>(last + 1 - first))) {
        if (within(at)) Add(at, {level, level});
        at += kTenth;
    }
}

void TapeLevels::Add(time::SysTime at, const catalog::LevelOutline& outline) {
    const auto number = static_cast<std::size_t>((at - begin_) / step_);
    if (outline.loudest == audio::kUnknownLevel || number >= steps_.size()) return;
    Step& step = steps_[number];
    step.loudest = std::min(step.loudest, outline.loudest);
    step.power += audio::MeanSquare(outline.mean);
    ++step.count;
}

json::object TapeLevels::Fields() const {
    json::array loudest;
    json::array mean;
    for (const Step& step : steps_) {
        const bool known = step.count > 0;
        loudest.push_back(DecibelsOrNull(step.loudest));
        mean.push_back(
            DecibelsOrNull(known ? audio::LevelOf(step.power / step.count) : audio::kUnknownLevel));
    }
    return {{"step", std::chrono::duration<double>(step_).count()},
            {"loudest", std::move(loudest)},
            {"mean", std::move(mean)}};
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/catalog/rows.h"
#include "common/time/clock.h"
#include "webapi/listening/slice.h"

namespace aircheck::webapi {

/// A title from the moment in the sound at which it begins.
struct Chapter {
    time::Micros start{};
    std::string title;

    bool operator==(const Chapter&) const = default;
};

/// Titles from so long before a slice may still hold where it begins.
inline constexpr time::Micros kTitleReach{6LL * 3600 * 1'000'000};

/// Of each piece the titles of its own take: another take heard them a little earlier or later.
/// `titles` are in order, of the slice's time and before.
std::vector<Chapter> ChaptersOf(const Slice& slice, std::span<const catalog::Title> titles);

/// As podcast players want it (JSON Chapters 1.2.0).
std::string ChaptersJson(std::span<const Chapter> chapters);

}  // namespace aircheck::webapi

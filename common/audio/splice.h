// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "common/audio/frame.h"

namespace aircheck::audio {

/// What is kept of a frame to know it again in another take.
struct FrameMark {
    std::uint32_t hash = 0;
    std::uint32_t samples = 0;

    bool operator==(const FrameMark&) const = default;
};

/// The mark of a whole frame with its header; of Ogg without those of the pages, which differ
/// between relays of one stream.
FrameMark MarkFrame(const Frame& frame, std::span<const std::byte> bytes);

/// Marks of consecutive frames of a take. Positions count samples since the take's first frame,
/// at whatever rates they had.
struct MarkRun {
    std::uint64_t begin = 0;  // position of the first frame
    std::vector<FrameMark> marks;

    std::uint64_t Samples() const;
    std::uint64_t End() const { return begin + Samples(); }
    bool operator==(const MarkRun&) const = default;
};

/// The latest marks of a take, as long as they last: what another take will be compared with.
class RecentMarks {
public:
    /// Keeps at least `samples` samples, where there are so many, of those from `begin` on.
    explicit RecentMarks(std::uint64_t samples, std::uint64_t begin = 0)
        : wanted_(samples), begin_(begin) {}

    void Add(FrameMark mark);
    std::uint64_t end() const { return begin_ + held_; }
    MarkRun Run() const;

    /// Those from `position` on, counted from there.
    MarkRun Run(std::uint64_t position) const;

private:
    struct Stretch {
        std::uint32_t samples = 0;  // of each frame
        std::uint32_t frames = 0;
    };

    std::uint64_t wanted_;
    std::uint64_t begin_ = 0;
    std::uint64_t held_ = 0;
    std::deque<std::uint32_t> hashes_;
    std::deque<Stretch> stretches_;  // mostly one: there is a recorder for each station
};

/// Two takes hold the same sound: `older` at one position, `newer` at the other. So they do at all
/// positions that far apart, for as long as both last.
struct Alignment {
    std::uint64_t older = 0;
    std::uint64_t newer = 0;

    /// Where sound at this position of one take lies in the other.
    std::int64_t ToNewer(std::uint64_t position) const;
    std::int64_t ToOlder(std::uint64_t position) const;

    bool operator==(const Alignment&) const = default;
};

/// What a comparison of two takes came to.
struct Match {
    static constexpr std::uint64_t kUnique = std::numeric_limits<std::uint64_t>::max();

    Alignment at;            // where the older run ends, or the newer one if that is sooner
    std::size_t frames = 0;  // so many agree: all that the runs have in common

    /// Silence and loops agree elsewhere as well: by so many samples the next best place is
    /// further from the clock. kUnique if there is none.
    std::uint64_t margin = kUnique;
};

/// Fewer frames than this are no evidence, nor fewer kinds of them; but for pages, which hold more.
inline constexpr std::size_t kLeastMatch = 4;
inline constexpr std::size_t kLeastPages = 2;

/// Finds how two takes of one station overlap. `older` is a run of the one that began first, up to
/// its end so far; `newer` one of the other. `expected` is the position in the older take at which
/// the newer run begins, by the clock.
///
/// An overlap counts only if the runs agree in the whole of it, frame by frame. Sound that repeats
/// (silence, loops, a jingle) agrees in many places: of those the one nearest to the clock wins.
/// None is taken that is further from it than `tolerance` samples. Time and memory are linear in
/// the runs' length.
std::optional<Match> FindOverlap(const MarkRun& older, const MarkRun& newer, std::int64_t expected,
                                 std::uint64_t tolerance);

}  // namespace aircheck::audio

// SPDX-License-Identifier: MIT
#include "common/audio/splice.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <unordered_set>
#include <utility>

#include "common/audio/ogg_page.h"

namespace aircheck::audio {
namespace {

using Marks = std::span<const FrameMark>;

struct MarkHash {
    std::size_t operator()(const FrameMark& mark) const noexcept { return mark.hash; }
};

/// For each place in `text`: how many marks from there on agree with the beginning of `pattern`.
/// The Z algorithm (Gusfield, Algorithms on Strings, Trees and Sequences, 1.3), run over both as
/// if they were one sequence.
std::vector<std::size_t> Agreements(Marks pattern, Marks text) {
    const std::size_t size = pattern.size() + text.size();
    const auto at = [&](std::size_t i) -> const FrameMark& {
        return i < pattern.size() ? pattern[i] : text[i - pattern.size()];
    };
    std::vector<std::size_t> z(size, 0);
    std::size_t left = 0;
    std::size_t right = 0;
    for (std::size_t i = 1; i < size; ++i) {
        if (i < right) z[i] = std::min(right - i, z[i - left]);
        while (z[i] < pattern.size() && i + z[i] < size && at(z[i]) == at(i + z[i])) ++z[i];
        if (i + z[i] > right) {
            left = i;
            right = i + z[i];
        }
    }
    z.erase(z.begin(), z.begin() + static_cast<std::ptrdiff_t>(pattern.size()));
    return z;
}

/// For each place: how many different marks there are from there to the end.
std::vector<std::size_t> DifferentFrom(Marks marks) {
    std::vector<std::size_t> counts(marks.size() + 1, 0);
    std::unordered_set<FrameMark, MarkHash> seen;
    seen.reserve(marks.size());
    for (std::size_t i = marks.size(); i > 0; --i) {
        seen.insert(marks[i - 1]);
        counts[i - 1] = seen.size();
    }
    return counts;
}

/// Positions of the borders between frames, of the first one and of the end.
std::vector<std::int64_t> Borders(const MarkRun& run) {
    std::vector<std::int64_t> borders{static_cast<std::int64_t>(run.begin)};
    borders.reserve(run.marks.size() + 1);
    for (const FrameMark& mark : run.marks) borders.push_back(borders.back() + mark.samples);
    return borders;
}

/// Frames that last so long, in samples, are pages of many.
constexpr std::int64_t kPageSamples = 4800;

/// How many frames of this run are evidence.
std::size_t LeastMatch(const std::vector<std::int64_t>& borders) {
    const auto frames = static_cast<std::int64_t>(borders.size()) - 1;
    return borders.back() - borders.front() >= frames * kPageSamples ? kLeastPages : kLeastMatch;
}

/// One way in which the runs would agree.
struct Candidate {
    std::size_t in_older = 0;  // indices of the first frame that they have in common
    std::size_t in_newer = 0;
    std::size_t frames = 0;
    std::size_t different = 0;   // kinds of frames among them
    std::uint64_t distance = 0;  // from the clock
};

class Search {
public:
    Search(const MarkRun& older, const MarkRun& newer, std::int64_t expected)
        : older_(older.marks),
          newer_(newer.marks),
          older_borders_(Borders(older)),
          newer_borders_(Borders(newer)),
          older_different_(DifferentFrom(older_)),
          newer_different_(DifferentFrom(newer_)),
          expected_(expected),
          least_(LeastMatch(newer_borders_)) {}

    std::size_t least() const { return least_; }

    std::vector<Candidate> Candidates(std::uint64_t tolerance) const {
        std::vector<Candidate> found;
        const auto add = [&](const Candidate& each) {
            if (each.frames >= least_ && each.distance <= tolerance) found.push_back(each);
        };
        // The newer run begins within the older one, or the other way round.
        const auto of_newer = Agreements(newer_, older_);
        for (std::size_t place = 0; place < older_.size(); ++place)
            if (of_newer[place] == Common(place, 0)) add(MakeCandidate(place, 0));
        const auto of_older = Agreements(older_, newer_);
        for (std::size_t place = 1; place < newer_.size(); ++place)
            if (of_older[place] == Common(0, place)) add(MakeCandidate(0, place));
        return found;
    }

    Match Result(const Candidate& best) const {
        const auto older = older_borders_[best.in_older + best.frames];
        const auto newer = newer_borders_[best.in_newer + best.frames];
        return {.at = {static_cast<std::uint64_t>(older), static_cast<std::uint64_t>(newer)},
                .frames = best.frames};
    }

private:
    /// How many frames there are of both from these places on.
    std::size_t Common(std::size_t in_older, std::size_t in_newer) const {
        return std::min(older_.size() - in_older, newer_.size() - in_newer);
    }

    Candidate MakeCandidate(std::size_t in_older, std::size_t in_newer) const {
        const std::size_t frames = Common(in_older, in_newer);
        // What they have in common reaches to the end of one of the runs.
        const std::size_t different = in_older + frames == older_.size()
                                          ? older_different_[in_older]
                                          : newer_different_[in_newer];
        return {in_older, in_newer, frames, different, Distance(in_older, in_newer)};
    }

    std::uint64_t Distance(std::size_t in_older, std::size_t in_newer) const {
        const std::int64_t begin =
            older_borders_[in_older] - (newer_borders_[in_newer] - newer_borders_.front());
        return static_cast<std::uint64_t>(std::abs(begin - expected_));
    }

    Marks older_;
    Marks newer_;
    std::vector<std::int64_t> older_borders_;
    std::vector<std::int64_t> newer_borders_;
    std::vector<std::size_t> older_different_;
    std::vector<std::size_t> newer_different_;
    std::int64_t expected_;
    std::size_t least_;
};

}  // namespace

FrameMark MarkFrame(const Frame& frame, std::span<const std::byte> bytes) {
    const std::uint64_t hash =
        IsOgg(frame.format.codec) ? HashOggBodies(bytes) : XXH3_64bits(bytes.data(), bytes.size());
    return {static_cast<std::uint32_t>(hash), frame.samples};
}

std::uint64_t MarkRun::Samples() const {
    std::uint64_t samples = 0;
    for (const FrameMark& mark : marks) samples += mark.samples;
    return samples;
}

void RecentMarks::Add(FrameMark mark) {
    if (stretches_.empty() || stretches_.back().samples != mark.samples)
        stretches_.push_back({mark.samples, 0});
    ++stretches_.back().frames;
    hashes_.push_back(mark.hash);
    held_ += mark.samples;
    while (held_ - stretches_.front().samples >= wanted_) {
        begin_ += stretches_.front().samples;
        held_ -= stretches_.front().samples;
        hashes_.pop_front();
        if (--stretches_.front().frames == 0) stretches_.pop_front();
    }
}

MarkRun RecentMarks::Run() const {
    MarkRun run{begin_, {}};
    run.marks.reserve(hashes_.size());
    auto hash = hashes_.begin();
    for (const Stretch& stretch : stretches_)
        for (std::uint32_t i = 0; i < stretch.frames; ++i)
            run.marks.push_back({*hash++, stretch.samples});
    return run;
}

MarkRun RecentMarks::Run(std::uint64_t position) const {
    MarkRun run = Run();
    auto first = run.marks.begin();
    for (; first != run.marks.end() && run.begin < position; ++first) run.begin += first->samples;
    run.marks.erase(run.marks.begin(), first);
    run.begin -= std::min(run.begin, position);
    return run;
}

std::int64_t Alignment::ToNewer(std::uint64_t position) const {
    return static_cast<std::int64_t>(position - older + newer);
}

std::int64_t Alignment::ToOlder(std::uint64_t position) const {
    return static_cast<std::int64_t>(position - newer + older);
}

std::optional<Match> FindOverlap(const MarkRun& older, const MarkRun& newer, std::int64_t expected,
                                 std::uint64_t tolerance) {
    if (older.marks.empty() || newer.marks.empty()) return std::nullopt;
    const Search search(older, newer, expected);
    const std::size_t least = search.least();
    std::vector<Candidate> candidates = search.Candidates(tolerance);
    // Where there is sound that tells places apart, a few silent frames that happen to agree
    // elsewhere say nothing.
    const auto tells = [least](const Candidate& each) { return each.different >= least; };
    if (std::ranges::any_of(candidates, tells)) std::erase_if(candidates, std::not_fn(tells));
    if (candidates.empty()) return std::nullopt;
    const auto best = std::ranges::min_element(candidates, {}, &Candidate::distance);
    Match match = search.Result(*best);
    for (auto each = candidates.begin(); each != candidates.end(); ++each)
        if (each != best) match.margin = std::min(match.margin, each->distance - best->distance);
    return match;
}

}  // namespace aircheck::audio

// SPDX-License-Identifier: MIT
#include "common/archive/splicer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>
#include <utility>

namespace aircheck::archive {
namespace {

using audio::MarkRun;
using time::Micros;

/// The clock may be off by this for takes that have just begun; nobody's burst is longer.
constexpr std::chrono::seconds kTolerance{40};

/// Dates of takes that have lasted for some seconds are this good. Where sound repeats and the
/// clock says that takes do not meet, they do not.
constexpr Micros kClockTrust{300'000};

/// A place is certain if the next best one is so much further from the clock.
constexpr Micros kSure{500'000};

/// What has been recorded for so long is dated well.
constexpr Micros kDated{6'000'000};

/// As far as dates could be wrong, at most.
constexpr Micros kBeyond{2'000'000};

/// Entries are of no use to anybody after this.
constexpr std::chrono::minutes kForget{10};

std::int64_t Samples(Micros duration, std::uint32_t rate) {
    return static_cast<std::int64_t>(std::llround(static_cast<double>(duration.count()) *
                                                  static_cast<double>(rate) / 1'000'000));
}

std::uint64_t SampleCount(Micros duration, std::uint32_t rate) {
    return static_cast<std::uint64_t>(Samples(duration, rate));
}

/// The position in the older take at which a run of the newer one begins, by the clock.
std::int64_t Expected(const KnownTake& older, const KnownTake& newer, const MarkRun& run) {
    auto later = newer.end - older.end;
    if (older.began && newer.began)
        later = std::chrono::duration_cast<Micros>(*newer.began - *older.began) + newer.Media() -
                older.Media();
    // From their ends, as neither need have had this rate from the beginning.
    const auto behind = static_cast<std::int64_t>(newer.tail.End() - run.begin);
    return static_cast<std::int64_t>(older.tail.End()) + Samples(later, older.sample_rate) - behind;
}

bool Dated(const KnownTake& take) {
    return take.end - take.connected >= kDated;
}

std::optional<TakeMatch> Compare(const KnownTake& older, const KnownTake& newer,
                                 const MarkRun& run) {
    const std::uint32_t rate = older.sample_rate;
    if (rate != newer.sample_rate || rate == 0) return std::nullopt;
    const std::int64_t expected = Expected(older, newer, run);
    const bool dated = Dated(older) && Dated(newer);
    // An advertisement may come to one listener at the end of a take and to the next one at its
    // beginning: where takes are known to overlap otherwise, that is no place to join them.
    const std::int64_t begins = expected - static_cast<std::int64_t>(run.begin);
    const std::int64_t beyond = Samples(kBeyond, rate);
    const bool overlap = begins + beyond < static_cast<std::int64_t>(older.tail.End());
    const auto match =
        audio::FindOverlap(older.tail, run, expected,
                           SampleCount(dated && overlap ? kBeyond : Micros(kTolerance), rate));
    if (!match) return std::nullopt;
    const std::int64_t off = std::abs(match->at.ToOlder(run.begin) - expected);
    // Of the turns of a loop the nearest one is surely meant if the others are much further away;
    // and it is the best that can be had where the takes meet at any rate.
    const auto trusted =
        static_cast<std::int64_t>(std::max(SampleCount(kClockTrust, rate), match->margin / 3));
    if (off > (overlap ? std::max(trusted, beyond) : trusted)) return std::nullopt;
    return TakeMatch{.at = match->at,
                     .whole = match->at.older == older.tail.End(),
                     .sure = match->margin > SampleCount(kSure, rate) && (dated || off <= beyond)};
}

/// What can be said of two takes of which the older one has ended.
enum class Verdict { kExact, kByClock, kUnclear };

struct Judgement {
    Verdict verdict = Verdict::kUnclear;
    audio::Alignment at;
};

Judgement Judge(const KnownTake& older, const KnownTake& newer, bool newer_lives) {
    const auto match = CompareTakes(older, newer);
    const bool sure = match && (match->sure || Dated(newer) || !newer_lives);
    if (sure && (match->whole || !newer_lives)) return {Verdict::kExact, match->at};
    // What it has beyond the older one's end will not change how they overlap.
    const bool patient = newer_lives && (!Dated(newer) || newer.end < older.end + kBeyond);
    return {patient ? Verdict::kUnclear : Verdict::kByClock, {}};
}

bool Before(const KnownTake& a, const KnownTake& b) {
    return std::tie(a.connected, a.id) < std::tie(b.connected, b.id);
}

}  // namespace

std::optional<TakeMatch> CompareTakes(const KnownTake& older, const KnownTake& newer) {
    if (const auto match = Compare(older, newer, newer.tail)) return match;
    return newer.head.marks.empty() ? std::nullopt : Compare(older, newer, newer.head);
}

bool Splicer::Ended(KnownTake take, time::SteadyTime now) {
    const bool known =
        std::ranges::any_of(entries_, [&](const Entry& entry) { return entry.take.id == take.id; });
    if (known || take.tail.marks.empty()) return false;
    entries_.push_back({std::move(take), now});
    std::ranges::sort(entries_, Before, &Entry::take);
    return true;
}

bool Splicer::Pending() const {
    return std::ranges::any_of(entries_, [](const Entry& entry) { return !entry.resolved; });
}

std::vector<catalog::Splice> Splicer::Resolve(const std::vector<KnownTake>& living,
                                              time::SteadyTime now) {
    std::erase_if(entries_, [&](const Entry& entry) { return now - entry.told > kForget; });

    struct Successor {
        const KnownTake* take;
        bool lives;
    };
    std::vector<Successor> all;
    for (const Entry& entry : entries_) all.push_back({&entry.take, false});
    for (const KnownTake& take : living) all.push_back({&take, true});
    std::ranges::sort(
        all, [](const Successor& a, const Successor& b) { return Before(*a.take, *b.take); });

    std::vector<catalog::Splice> found;
    for (Entry& entry : entries_) {
        if (entry.resolved) continue;
        const KnownTake& older = entry.take;
        for (const Successor& next : all) {
            if (next.take == &older || next.take->end + kClockTrust <= older.end) continue;
            if (Before(*next.take, older)) {
                // Where an older one lives, nobody hears how this one ends.
                entry.resolved = next.lives;
                if (entry.resolved) break;
                continue;
            }
            const Judgement judgement = Judge(older, *next.take, next.lives);
            if (judgement.verdict == Verdict::kUnclear) break;
            if (entry.goes_on_in.insert(next.take->id).second)
                found.push_back({older.id, next.take->id, older.end,
                                 judgement.verdict == Verdict::kExact, judgement.at});
            entry.resolved = next.lives || next.take->end > older.end + kClockTrust;
            if (entry.resolved) break;
            // That one died with it, and may have ended a moment before: so also in the next.
        }
    }
    return found;
}

}  // namespace aircheck::archive

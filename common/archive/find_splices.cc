// SPDX-License-Identifier: MIT
#include "common/archive/find_splices.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "common/archive/known_take.h"
#include "common/catalog/measure.h"

namespace aircheck::archive {
namespace {

/// An end that has so little sound may still be found elsewhere by its recorder.
constexpr std::chrono::seconds kLeastHead{10};

/// A take goes on in one of the next few, and is looked for in as many.
constexpr std::size_t kNeighbours = 2;

struct TakeInOrder {
    std::string id;
    time::SysTime start;
    bool changed = false;
};

/// For the splicer, which forgets what ended long before: the archive's time stands for its own.
time::SteadyTime AsSteady(time::SysTime t) {
    return time::SteadyTime(t.time_since_epoch());
}

/// By the start of their sound. A day is read at a time: an archive may have millions of segments.
std::vector<TakeInOrder> TakesInOrder(const catalog::Catalog& book, const std::string& station,
                                      const std::set<std::string>& changed) {
    std::vector<TakeInOrder> takes;
    std::set<std::string> seen;
    auto next = book.SegmentAfter(station, time::SysTime{});
    while (next) {
        const time::SysTime to = next->start + std::chrono::hours{24};
        for (const catalog::Segment& segment : book.SegmentsBetween(station, next->start, to))
            if (seen.insert(segment.take).second)
                takes.push_back({segment.take, segment.start, changed.contains(segment.take)});
        next = book.SegmentAfter(station, to);
    }
    return takes;
}

/// A take that lasts, as far as its marks are kept: its first minute.
std::optional<KnownTake> LoadBeginning(const catalog::Catalog& book, const catalog::Take& take) {
    const auto segments = book.SegmentsOfTake(take.id);
    if (segments.empty()) return std::nullopt;
    const catalog::Segment& first = segments.front();
    const auto marks = book.Marks(first.id);
    if (!marks) return std::nullopt;
    const auto duration = catalog::SampleDuration(marks->head.Samples(), first.format.sample_rate);
    if (duration < kLeastHead) return std::nullopt;
    audio::MarkRun head = marks->head;
    head.begin += first.take_sample;
    return KnownTake{.id = take.id,
                     .connected = take.connected,
                     .start = first.start,
                     .end = first.start + duration,
                     .began = std::nullopt,
                     .sample_rate = first.format.sample_rate,
                     .head = head,
                     .tail = head};
}

}  // namespace

void FindSplices(catalog::Catalog& book, const std::string& station,
                 const std::set<std::string>& changed) {
    const std::vector<TakeInOrder> takes = TakesInOrder(book, station, changed);
    Splicer splicer;
    for (std::size_t i = 0; i < takes.size(); ++i) {
        const std::size_t from = i - std::min(i, kNeighbours);
        const std::size_t to = std::min(i + kNeighbours + 1, takes.size());
        const std::span near(takes.begin() + static_cast<std::ptrdiff_t>(from),
                             takes.begin() + static_cast<std::ptrdiff_t>(to));
        if (std::ranges::none_of(near, &TakeInOrder::changed)) continue;
        const auto take = book.FindTake(takes[i].id);
        if (!take) continue;
        std::vector<KnownTake> living;
        if (take->ended) {
            if (auto ended = LoadTake(book, *take)) {
                const auto end = AsSteady(ended->end);
                splicer.Ended(*std::move(ended), end);
            }
        } else if (auto beginning = LoadBeginning(book, *take)) {
            living.push_back(*std::move(beginning));
        }
        for (const catalog::Splice& splice : splicer.Resolve(living, AsSteady(takes[i].start)))
            book.AddSplice(splice);
    }
}

}  // namespace aircheck::archive

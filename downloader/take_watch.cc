// SPDX-License-Identifier: MIT
#include "downloader/take_watch.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/archive/segment_repair.h"
#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::downloader {
namespace {

constexpr std::chrono::seconds kLookEvery{2};

/// After a fault of the catalog.
constexpr std::chrono::seconds kRetryAfter{10};

/// A take that ended before is no matter any more: no burst reaches so far back.
constexpr std::chrono::minutes kLately{5};

/// The ended take as it stands in the catalog; nullopt if no marks of it are kept.
std::optional<archive::KnownTake> Load(const catalog::Catalog& catalog, const catalog::Take& take) {
    const auto segments = catalog.SegmentsOfTake(take.id);
    if (segments.empty()) return std::nullopt;
    const catalog::Segment& last = segments.back();
    archive::KnownTake known{.id = take.id,
                             .connected = take.connected,
                             .start = segments.front().start,
                             .end = last.end,
                             .began = std::nullopt,
                             .sample_rate = last.format.sample_rate,
                             .head = {},
                             .tail = catalog.TailOfTake(take.id)};
    const bool one_rate = std::ranges::all_of(segments, [&](const catalog::Segment& segment) {
        return segment.format.sample_rate == known.sample_rate;
    });
    if (const auto first = catalog.Marks(segments.front().id); first && one_rate)
        known.head = first->head;
    if (known.tail.marks.empty()) return std::nullopt;
    return known;
}

}  // namespace

struct TakeWatch::Shared {
    Shared(boost::asio::io_context& io, OnEnded callback)
        : loop(io), on_ended(std::move(callback)) {}

    boost::asio::io_context& loop;
    OnEnded on_ended;   // called on the loop only
    bool alive = true;  // the loop's
};

TakeWatch::TakeWatch(boost::asio::io_context& loop, storage::Layout layout,
                     std::set<std::string> stations, const time::Clock& clock, OnEnded on_ended)
    : shared_(std::make_shared<Shared>(loop, std::move(on_ended))),
      layout_(std::move(layout)),
      stations_(std::move(stations)),
      clock_(clock),
      thread_([this] { Run(); }) {}

TakeWatch::~TakeWatch() {
    shared_->alive = false;
    {
        const std::lock_guard lock(mutex_);
        quit_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

bool TakeWatch::Quit(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    return wake_.wait_for(lock, wait, [this] { return quit_; });
}

void TakeWatch::Run() {
    std::optional<catalog::Catalog> catalog;
    bool repaired = false;
    std::chrono::milliseconds wait{0};
    while (!Quit(wait)) {
        try {
            if (!catalog) catalog.emplace(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite);
            repaired = repaired || Repair(*catalog);
            Look(*catalog);
            wait = kLookEvery;
        } catch (const std::exception& error) {
            log::error("catalog: {}; tried again soon", util::DescribeException(error));
            catalog.reset();
            wait = kRetryAfter;
        }
    }
}

/// False if it was broken off.
bool TakeWatch::Repair(catalog::Catalog& catalog) {
    for (const std::string& station : stations_) {
        if (Quit({})) return false;
        const auto report = archive::RepairStation(layout_, catalog, station, clock_);
        if (report.closed + report.recovered + report.unusable > 0)
            log::info("{}: repaired: {} closed, {} recovered, {} unusable", station, report.closed,
                      report.recovered, report.unusable);
    }
    return true;
}

void TakeWatch::Look(catalog::Catalog& catalog) {
    std::set<std::string> told;
    for (const catalog::Take& take : catalog.TakesEndedSince(clock_.Now() - kLately)) {
        if (!stations_.contains(take.station)) continue;
        if (told_.contains(take.id)) {
            told.insert(take.id);
            continue;
        }
        auto known = Load(catalog, take);
        if (!known) continue;  // its rest may still wait for the disk
        told.insert(take.id);
        boost::asio::post(shared_->loop, [shared = shared_, station = take.station,
                                          known = std::move(*known)]() mutable {
            if (shared->alive) shared->on_ended(station, std::move(known));
        });
    }
    told_ = std::move(told);
}

}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#include "downloader/take_watch.h"

#include <boost/asio/post.hpp>

#include <optional>
#include <utility>

#include "common/archive/known_take.h"
#include "common/archive/reindex.h"
#include "common/archive/segment_repair.h"
#include "common/catalog/catalog_file.h"
#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::downloader {
namespace {

constexpr std::chrono::milliseconds kLookEvery{2'000};
constexpr std::chrono::milliseconds kLookOften{250};  // in a hurry

/// For nobody's takes; news come at once.
constexpr std::chrono::hours kLookSeldom{1};

/// After a fault of the catalog.
constexpr std::chrono::seconds kRetryAfter{10};

/// Recorders may die beside us. Looked for less often where there are many stations.
constexpr std::chrono::seconds kProbeEvery{5};
constexpr std::size_t kStationsASecond = 500;

/// A take that ended before is no matter any more: no burst reaches so far back.
constexpr std::chrono::minutes kLately{5};

}  // namespace

struct TakeWatch::Shared {
    Shared(boost::asio::io_context& io, OnEnded callback)
        : loop(io), on_ended(std::move(callback)) {}

    boost::asio::io_context& loop;
    OnEnded on_ended;   // called on the loop only
    bool alive = true;  // the loop's
};

TakeWatch::TakeWatch(boost::asio::io_context& loop, storage::Layout layout,
                     std::set<std::string> stations, std::set<std::string> others,
                     const time::Clock& clock, worker::BlackBox& black_box, OnEnded on_ended)
    : shared_(std::make_shared<Shared>(loop, std::move(on_ended))),
      layout_(std::move(layout)),
      charge_{std::move(stations), std::move(others)},
      clock_(clock),
      black_box_(black_box),
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

worker::Breadcrumb TakeWatch::Crumb(const std::string& station) const {
    return {black_box_, worker::BlackBox::Slot::kRepair, station};
}

std::set<std::string> TakeWatch::Charge::All() const {
    std::set<std::string> all = stations;
    all.insert(others.begin(), others.end());
    return all;
}

void TakeWatch::Follow(std::set<std::string> stations, std::set<std::string> others) {
    {
        const std::lock_guard lock(mutex_);
        fresh_charge_ = Charge{std::move(stations), std::move(others)};
        news_ = true;
    }
    wake_.notify_one();
}

void TakeWatch::Hurry(bool on) {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(hurry_, on) == on) return;
        news_ = true;
    }
    wake_.notify_one();
}

/// News end the waiting early.
bool TakeWatch::Quit(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, wait, [this] { return quit_ || news_; });
    return quit_;
}

/// Answers the stations that are new.
std::set<std::string> TakeWatch::HearNews() {
    const std::lock_guard lock(mutex_);
    news_ = false;
    look_every_ = hurry_ ? kLookOften : kLookEvery;
    if (!fresh_charge_) return {};
    const std::set<std::string> before = charge_.All();
    charge_ = *std::exchange(fresh_charge_, std::nullopt);
    std::set<std::string> added = charge_.All();
    std::erase_if(to_mend_, [&](const std::string& station) { return !added.contains(station); });
    std::erase_if(waiting_, [&](const std::string& station) { return !added.contains(station); });
    std::erase_if(added, [&](const std::string& station) { return before.contains(station); });
    return added;
}

/// What is not known to be whole: new stations, all of them in a catalog that is new to us.
void TakeWatch::TakeOn(catalog::Catalog& catalog, bool all) {
    std::set<std::string> added = HearNews();
    if (all) added = charge_.All();
    to_mend_.insert(added.begin(), added.end());
    for (const std::string& station : added)
        if (!Quit({})) archive::TellUnknown(layout_, catalog, station);
}

void TakeWatch::Run() {
    catalog::CatalogFile file(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite);
    int mended = 0;  // that opening of the file
    std::chrono::milliseconds wait{0};
    while (!Quit(wait)) {
        try {
            catalog::Catalog& catalog = file.Get();
            TakeOn(catalog, std::exchange(mended, file.opened()) != file.opened());
            Probe(catalog);
            if (!Mend(catalog)) continue;
            Look(catalog);
            complaint_.clear();
            wait = charge_.All().empty() ? kLookSeldom : look_every_;
        } catch (const std::exception& error) {
            const auto* sqlite = dynamic_cast<const catalog::SqliteError*>(&error);
            if (file.Failed(error))
                wait = {};
            else if (sqlite != nullptr && catalog::IsLocked(*sqlite))
                wait = kLookEvery;  // the writer tells of it
            else
                wait = Complain(error);
        }
    }
    try {
        TidyUp(file.Get());
    } catch (const std::exception& error) {
        Complain(error);
    }
}

/// Finds what was left by recorders that have died since.
void TakeWatch::Probe(catalog::Catalog& catalog) {
    const auto now = clock_.Steady();
    if (now < next_probe_) return;
    next_probe_ =
        now + kProbeEvery + std::chrono::seconds(charge_.stations.size() / kStationsASecond);
    std::set<std::string> abandoned;
    for (auto& [path, station] : Abandoned(catalog)) {
        // What cannot be mended is not tried for ever.
        if (!abandoned_.contains(path)) to_mend_.insert(station);
        abandoned.insert(path);
    }
    abandoned_ = std::move(abandoned);
}

/// Files that the catalog knows as open and that nobody holds, and whose they are.
std::map<std::string, std::string> TakeWatch::Abandoned(catalog::Catalog& catalog) const {
    std::map<std::string, std::string> abandoned;
    for (const catalog::Segment& segment : catalog.OpenSegments())
        if (charge_.stations.contains(segment.station) && archive::IsAbandoned(layout_, segment))
            abandoned.emplace(segment.path, segment.station);
    return abandoned;
}

/// What others have left since the last look need not wait for the next start.
void TakeWatch::TidyUp(catalog::Catalog& catalog) {
    std::set<std::string> left = std::exchange(waiting_, {});
    for (const auto& [path, station] : Abandoned(catalog))
        if (!abandoned_.contains(path)) left.insert(station);
    for (const std::string& station : left) Repair(catalog, station);
}

std::chrono::milliseconds TakeWatch::Complain(const std::exception& error) {
    std::string what = util::DescribeException(error);
    if (what != complaint_) log::error("catalog: {}; tried again", what);
    complaint_ = std::move(what);
    return kRetryAfter;
}

/// False if the file has been replaced meanwhile, or all was broken off.
bool TakeWatch::Mend(catalog::Catalog& catalog) {
    for (const std::string& station : std::set(to_mend_)) {
        if (Quit({}) || catalog.Moved()) return false;
        if (MendStation(catalog, station)) to_mend_.erase(station);
    }
    return true;
}

/// False if something waits for its recorder.
bool TakeWatch::MendStation(catalog::Catalog& catalog, const std::string& station) {
    const auto crumb = Crumb(station);
    const archive::ReindexHooks hooks{.on_file = {},
                                      .quit = [&] { return Quit({}) || catalog.Moved(); }};
    const auto found = archive::ReindexStation(layout_, catalog, station, hooks);
    if (found.added > 0)
        log::warn(
            "{}: {} recordings that the catalog did not know were read and are known again; "
            "their titles and causes are not",
            station, found.added);
    const bool all = Repair(catalog, station);
    return found.waiting == 0 && all && !hooks.quit();
}

/// False if a recorder holds a file that the catalog does not know.
bool TakeWatch::Repair(catalog::Catalog& catalog, const std::string& station) {
    const auto report = archive::RepairStation(layout_, catalog, station, clock_);
    if (report.closed + report.recovered + report.unusable > 0)
        log::info("{}: repaired: {} closed, {} recovered, {} unusable", station, report.closed,
                  report.recovered, report.unusable);
    if (report.unknown_live > 0)
        waiting_.insert(station);
    else
        waiting_.erase(station);
    return report.unknown_live == 0;
}

void TakeWatch::Look(catalog::Catalog& catalog) {
    std::set<std::string> told;
    for (const catalog::Take& take : catalog.TakesEndedSince(clock_.Now() - kLately)) {
        if (!charge_.stations.contains(take.station)) continue;
        if (told_.contains(take.id)) {
            told.insert(take.id);
            continue;
        }
        const auto crumb = Crumb(take.station);
        auto known = archive::LoadTake(catalog, take);
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

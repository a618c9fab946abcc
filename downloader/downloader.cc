// SPDX-License-Identifier: MIT
#include "downloader/downloader.h"

#include <malloc.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "common/archive/stream_files.h"
#include "common/log/log.h"

namespace aircheck::downloader {
namespace {

/// How often each station is served. Not just a second: the time of reading passes for that of
/// arrival, and pages that come once a second would be read equally late for ever.
constexpr std::chrono::milliseconds kRound{970};

/// The stations of a round are served in turns: few have their sound in memory at a time, and the
/// loop is never busy for long.
constexpr std::size_t kStationsATurn = 32;
constexpr std::size_t kMostTurns = 20;

/// What is free in the heap between long-lived things goes back to the system: when hundreds of
/// stations are connected to at once, their bursts leave much of it.
constexpr std::chrono::minutes kTrimEvery{1};

/// Between the first connects of two stations: servers accept few at once.
constexpr std::chrono::milliseconds kConnectSpacing{3};

}  // namespace

Downloader::Downloader(worker::Worker& worker, const time::Clock& clock)
    : worker_(worker),
      clock_(clock),
      config_(worker.config()),
      layout_(config_.storage),
      multi_(worker.loop()),
      tick_(worker.loop()),
      trimmed_(clock.Steady()) {
    ArchiveWriter::Events events;
    events.on_segment = [this](const proto::SegmentEvent& event) {
        if (Station* station = Find(event.station)) station->OnSegment(event);
        worker_.Publish(event);  // also of stations that are gone by now
    };
    events.on_lost = [this](SegmentHandle handle) {
        for (const auto& entry : stations_) entry.station->OnLost(handle);
    };
    events.on_round = [this] {
        if (any_due_) Flush();
    };
    writer_ = std::make_unique<ArchiveWriter>(worker.loop(), layout_, clock, std::move(events));
}

Downloader::~Downloader() = default;

/// As in the configuration, in its order: all of them without a supervisor.
std::vector<const config::StationConfig*> Downloader::Mine(
    const std::vector<std::string>& names) const {
    const std::set<std::string_view> given(names.begin(), names.end());
    std::vector<const config::StationConfig*> mine;
    for (const auto& station : config_.stations)
        if (worker_.arguments().control.empty() || given.contains(station.callsign))
            mine.push_back(&station);
    return mine;
}

/// The one that stays, if there are two.
Station* Downloader::Find(const std::string& callsign) {
    Station* found = nullptr;
    for (const auto& entry : stations_) {
        if (entry.station->callsign() != callsign) continue;
        found = entry.station.get();
        if (!found->leaving()) break;
    }
    return found;
}

worker::Worker::Hooks Downloader::Hooks() {
    return {
        .fill_heartbeat = [this](proto::Heartbeat& beat) { FillHeartbeat(beat); },
        .on_command = [this](const proto::Command& command) { OnCommand(command); },
        .stop = [this](std::function<void()> finished) { Stop(std::move(finished)); },
        .activate = nullptr,
        .retire = [this](const std::string&,
                         std::function<void()> finished) { Retire(std::move(finished)); },
        .reload = [this](
                      config::Config fresh,
                      const std::vector<std::string>& names) { Reload(std::move(fresh), names); },
    };
}

void Downloader::Start() {
    layout_.Create();
    std::chrono::milliseconds delay{0};
    for (const auto* station : Mine(worker_.arguments().stations)) {
        layout_.CreateStation(station->callsign);
        Add(*station, delay);
        delay += kConnectSpacing;
    }
    const auto on_ended = [this](const std::string& callsign, archive::KnownTake take) {
        if (Station* station = Find(callsign)) station->OnForeignTake(std::move(take));
    };
    watch_ = std::make_unique<TakeWatch>(worker_.loop(), layout_, Staying(), Others(), clock_,
                                         worker_.black_box(), on_ended);
    WakeUp();
    worker_.AnnounceReady();
}

void Downloader::Add(const config::StationConfig& station, std::chrono::milliseconds delay) {
    const Station::Context context{
        .loop = worker_.loop(),
        .multi = multi_,
        .clock = clock_,
        .new_handle = [this] { return ++last_handle_; },
        .publish = [this](const proto::Message& message) { worker_.Publish(message); },
        .collect_soon = [this](const Station& which) { CollectSoon(which); },
        .black_box = worker_.black_box(),
    };
    stations_.push_back({std::make_unique<Station>(station, context)});
    stations_.back().station->Start(delay);
    WakeUp();
}

std::set<std::string> Downloader::Staying() const {
    std::set<std::string> staying;
    for (const auto& entry : stations_)
        if (!entry.station->leaving()) staying.insert(entry.station->callsign());
    return staying;
}

/// Stations that were recorded once: one process looks after them.
std::set<std::string> Downloader::Others() const {
    std::set<std::string> others;
    if (!worker_.arguments().caretaker) return others;
    try {
        for (auto& station : archive::StationsIn(layout_)) others.insert(std::move(station));
    } catch (const std::system_error& error) {
        log::error("caretaker: {}", error.what());
    }
    for (const auto& station : config_.stations) others.erase(station.callsign);
    return others;
}

std::size_t Downloader::Turns() const {
    return std::clamp<std::size_t>(stations_.size() / kStationsATurn, 1, kMostTurns);
}

std::chrono::milliseconds Downloader::Period() const {
    return kRound / static_cast<int>(Turns());
}

bool Downloader::AtRest() const {
    return stations_.empty() && facts_.empty() && writer_->settled();
}

/// A process without stations sleeps until it is given some, or something to keep.
void Downloader::WakeUp() {
    if (std::exchange(ticking_, true)) return;
    tick_.expires_after(Period());
    Tick();
}

void Downloader::Tick() {
    tick_.async_wait([this](boost::system::error_code error) {
        if (error || stopping_) return;
        if (AtRest()) {
            ticking_ = false;
            return;
        }
        TakeTurn();
        // Late ticks are left out, not made up for in a rush.
        const auto next = tick_.expiry() + Period();
        tick_.expires_at(std::max(next, std::chrono::steady_clock::now()));
        Tick();
    });
}

void Downloader::TakeTurn() {
    const std::size_t turns = Turns();
    turn_ %= turns;  // there were more stations
    const std::size_t begin = turn_ * stations_.size() / turns;
    const std::size_t end = (turn_ + 1) * stations_.size() / turns;
    ++turn_;
    if (const auto now = clock_.Steady(); now - trimmed_ > kTrimEvery) {
        ::malloc_trim(0);
        trimmed_ = now;
    }
    for (std::size_t i = begin; i < end; ++i) {
        stations_[i].station->Tick();
        any_due_ = stations_[i].due = true;
    }
    Flush();
    watch_->Hurry(std::ranges::any_of(stations_,
                                      [](const Entry& entry) { return entry.station->refused(); }));
}

void Downloader::CollectSoon(const Station& which) {
    const auto found = std::ranges::find(stations_, &which,
                                         [](const Entry& entry) { return entry.station.get(); });
    any_due_ = found->due = true;
    Flush();
}

void Downloader::Flush() {
    if (stopping_ || !writer_->HasRoom()) return;  // there will be room at the end of a round
    std::vector<WriteOp> round = std::exchange(facts_, {});
    for (Entry& entry : stations_)
        if (std::exchange(entry.due, false)) entry.station->Collect(round);
    any_due_ = false;
    writer_->Submit(std::move(round));
    RemoveOver();
}

void Downloader::RemoveOver() {
    const auto over =
        std::stable_partition(stations_.begin(), stations_.end(),
                              [](const Entry& entry) { return !entry.station->over(); });
    if (over == stations_.end()) return;
    std::vector<Entry> gone(std::make_move_iterator(over),
                            std::make_move_iterator(stations_.end()));
    stations_.erase(over, stations_.end());
    for (const Entry& entry : gone) bytes_gone_ += entry.station->bytes_total();
    // Their timers may have expired just now: those calls come first.
    boost::asio::post(worker_.loop(), [gone = std::move(gone)] {});
    if (retired_ && stations_.empty()) EndRetirement();
}

void Downloader::Stop(std::function<void()> finished) {
    stopping_ = true;
    tick_.cancel();
    std::vector<WriteOp> round = std::exchange(facts_, {});
    for (const auto& entry : stations_) {
        entry.station->Stop();
        entry.station->Collect(round);
    }
    writer_->Submit(std::move(round));
    writer_->Drain(std::move(finished));
}

void Downloader::Retire(std::function<void()> finished) {
    retired_ = std::move(finished);
    for (Entry& entry : stations_) {
        entry.station->Retire();
        any_due_ = entry.due = true;
    }
    if (stations_.empty()) EndRetirement();
}

void Downloader::EndRetirement() {
    Stop(std::exchange(retired_, nullptr));
}

void Downloader::Reload(config::Config fresh, const std::vector<std::string>& names) {
    if (stopping_ || retired_) return;
    config_ = std::move(fresh);
    std::map<std::string_view, const config::StationConfig*> wanted;
    const auto mine = Mine(names);
    for (const auto* station : mine) wanted.emplace(station->callsign, station);
    for (Entry& entry : stations_) {
        if (entry.station->leaving()) continue;
        const auto found = wanted.find(entry.station->callsign());
        if (found != wanted.end() && entry.station->Adopt(*found->second)) {
            wanted.erase(found);
        } else {
            Leave(*entry.station);
            any_due_ = entry.due = true;
        }
    }
    std::chrono::milliseconds delay{0};
    for (const auto* station : mine) {
        if (!wanted.contains(station->callsign)) continue;
        Prepare(station->callsign);
        Add(*station, delay);
        delay += kConnectSpacing;
    }
    log::info("recording {} stations now", mine.size());
    watch_->Follow(Staying(), Others());
    Flush();
}

/// One that is only recorded otherwise or by another process from now on goes on beside that.
void Downloader::Leave(Station& station) {
    if (config_.FindStation(station.callsign()))
        station.Retire();
    else
        station.Stop();
}

/// A disk that does not let us may do so later: the writer tries again.
void Downloader::Prepare(const std::string& callsign) {
    try {
        layout_.CreateStation(callsign);
    } catch (const std::system_error& error) {
        log::error("{}: {}", callsign, error.what());
    }
}

void Downloader::FillHeartbeat(proto::Heartbeat& beat) {
    beat.stations.reserve(stations_.size());
    beat.bytes_total = bytes_gone_;
    const auto staying = Staying();
    for (Entry& entry : stations_) {
        proto::StationBeat part = entry.station->Beat();
        part.bytes = part.bytes_total - std::exchange(entry.told_bytes, part.bytes_total);
        beat.bytes_total += part.bytes_total;
        beat.connections += entry.station->recording() ? 1 : 0;
        // Its successor speaks for it, if that is here.
        if (entry.station->leaving() && staying.contains(part.station)) continue;
        beat.stations.push_back(std::move(part));
    }
    beat.files = writer_->open_files();
}

void Downloader::OnCommand(const proto::Command& command) {
    if (command.command != "bitrate" || !config_.FindStation(command.station)) return;
    facts_.push_back(SetValue{"bitrate." + command.station, std::to_string(command.kbps)});
    WakeUp();
}

}  // namespace aircheck::downloader

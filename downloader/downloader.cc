// SPDX-License-Identifier: MIT
#include "downloader/downloader.h"

#include <malloc.h>

#include <algorithm>
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
      layout_(worker.config().storage),
      multi_(worker.loop()),
      tick_(worker.loop()),
      trimmed_(clock.Steady()) {
    ArchiveWriter::Events events;
    events.on_segment = [this](const proto::SegmentEvent& event) {
        if (Station* station = Find(event.station)) station->OnSegment(event);
    };
    events.on_lost = [this](SegmentHandle handle) {
        for (const auto& station : stations_) station->OnLost(handle);
    };
    events.on_round = [this] {
        if (!due_.empty()) Flush();
    };
    writer_ = std::make_unique<ArchiveWriter>(worker.loop(), layout_, clock, std::move(events));
    const Station::Context context{
        .loop = worker.loop(),
        .multi = multi_,
        .clock = clock,
        .new_handle = [this] { return ++last_handle_; },
        .publish = [this](const proto::Message& message) { worker_.Publish(message); },
        .black_box = worker.black_box(),
    };
    for (const auto& station : worker.config().stations)
        if (IsMine(station)) stations_.push_back(std::make_unique<Station>(station, context));
    turns_ = std::clamp<std::size_t>(stations_.size() / kStationsATurn, 1, kMostTurns);
    told_bytes_.resize(stations_.size());
}

Downloader::~Downloader() = default;

bool Downloader::IsMine(const config::StationConfig& station) const {
    const auto& arguments = worker_.arguments();
    return arguments.control.empty() ||
           std::ranges::find(arguments.stations, station.callsign) != arguments.stations.end();
}

Station* Downloader::Find(const std::string& callsign) {
    const auto station =
        std::ranges::find(stations_, callsign,
                          [](const auto& each) -> const std::string& { return each->callsign(); });
    return station == stations_.end() ? nullptr : station->get();
}

worker::Worker::Hooks Downloader::Hooks() {
    return {
        .fill_heartbeat = [this](proto::Heartbeat& beat) { FillHeartbeat(beat); },
        .on_command = [this](const proto::Command& command) { OnCommand(command); },
        .stop = [this](std::function<void()> finished) { Stop(std::move(finished)); },
    };
}

void Downloader::Start() {
    layout_.Create();
    std::chrono::milliseconds delay{0};
    for (const auto& station : stations_) {
        layout_.CreateStation(station->callsign());
        station->Start(delay);
        delay += kConnectSpacing;
    }
    std::set<std::string> callsigns;
    for (const auto& station : stations_) callsigns.insert(station->callsign());
    const auto on_ended = [this](const std::string& callsign, archive::KnownTake take) {
        if (Station* station = Find(callsign)) station->OnForeignTake(std::move(take));
    };
    watch_ = std::make_unique<TakeWatch>(worker_.loop(), layout_, std::move(callsigns), Others(),
                                         clock_, worker_.black_box(), on_ended);
    tick_.expires_after(Period());
    Tick();
    worker_.AnnounceReady();
}

/// Stations that were recorded once: one process looks after them.
std::set<std::string> Downloader::Others() const {
    std::set<std::string> others;
    if (!worker_.arguments().caretaker) return others;
    for (auto& station : archive::StationsIn(layout_))
        if (!worker_.config().FindStation(station)) others.insert(std::move(station));
    return others;
}

std::chrono::milliseconds Downloader::Period() const {
    return kRound / static_cast<int>(turns_);
}

void Downloader::Tick() {
    tick_.async_wait([this](boost::system::error_code error) {
        if (error || stopping_) return;
        TakeTurn();
        // Late ticks are left out, not made up for in a rush.
        const auto next = tick_.expiry() + Period();
        tick_.expires_at(std::max(next, std::chrono::steady_clock::now()));
        Tick();
    });
}

void Downloader::TakeTurn() {
    const std::size_t begin = turn_ * stations_.size() / turns_;
    const std::size_t end = (turn_ + 1) * stations_.size() / turns_;
    turn_ = (turn_ + 1) % turns_;
    if (const auto now = clock_.Steady(); now - trimmed_ > kTrimEvery) {
        ::malloc_trim(0);
        trimmed_ = now;
    }
    for (std::size_t i = begin; i < end; ++i) {
        stations_[i]->Tick();
        due_.insert(due_.end(), i);
    }
    Flush();
}

void Downloader::Flush() {
    if (stopping_ || !writer_->HasRoom()) return;  // there will be room at the end of a round
    std::vector<WriteOp> round = std::exchange(facts_, {});
    for (const std::size_t i : due_) stations_[i]->Collect(round);
    due_.clear();
    writer_->Submit(std::move(round));
}

void Downloader::Stop(std::function<void()> finished) {
    stopping_ = true;
    tick_.cancel();
    std::vector<WriteOp> round = std::exchange(facts_, {});
    for (const auto& station : stations_) {
        station->Stop();
        station->Collect(round);
    }
    writer_->Submit(std::move(round));
    writer_->Drain(std::move(finished));
}

void Downloader::FillHeartbeat(proto::Heartbeat& beat) {
    beat.stations.reserve(stations_.size());
    for (std::size_t i = 0; i < stations_.size(); ++i) {
        proto::StationBeat part = stations_[i]->Beat();
        part.bytes = part.bytes_total - std::exchange(told_bytes_[i], part.bytes_total);
        beat.bytes_total += part.bytes_total;
        beat.connections += stations_[i]->recording() ? 1 : 0;
        beat.stations.push_back(std::move(part));
    }
    beat.files = writer_->open_files();
}

void Downloader::OnCommand(const proto::Command& command) {
    if (command.command == "bitrate" && worker_.config().FindStation(command.station))
        facts_.push_back(SetValue{"bitrate." + command.station, std::to_string(command.kbps)});
}

}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#include "downloader/downloader.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

#include "common/log/log.h"

namespace aircheck::downloader {
namespace {

constexpr std::chrono::seconds kTick{1};

/// Between the first connects of two stations: servers accept few at once.
constexpr std::chrono::milliseconds kConnectSpacing{3};

}  // namespace

Downloader::Downloader(worker::Worker& worker, const time::Clock& clock)
    : worker_(worker),
      clock_(clock),
      layout_(worker.config().storage),
      multi_(worker.loop()),
      tick_(worker.loop()) {
    writer_ =
        std::make_unique<ArchiveWriter>(worker.loop(), layout_, clock,
                                        ArchiveWriter::Events{
                                            .on_segment =
                                                [this](const proto::SegmentEvent& event) {
                                                    if (Station* station = Find(event.station))
                                                        station->OnSegment(event);
                                                },
                                            .on_lost =
                                                [this](SegmentHandle handle) {
                                                    for (const auto& station : stations_)
                                                        station->OnLost(handle);
                                                },
                                            .on_round =
                                                [this] {
                                                    if (flush_requested_) Flush();
                                                },
                                        });
    const Station::Context context{
        .loop = worker.loop(),
        .multi = multi_,
        .clock = clock,
        .new_handle = [this] { return ++last_handle_; },
        .publish = [this](const proto::Message& message) { worker_.Publish(message); },
        .request_flush = [this] { RequestFlush(); },
    };
    const auto& arguments = worker.arguments();
    int number = 0;
    for (const auto& station : worker.config().stations)
        if (number++ % arguments.shards == arguments.shard)
            stations_.push_back(std::make_unique<Station>(station, context));
}

Downloader::~Downloader() = default;

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
        .orphaned = {},
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
    std::vector<std::string> callsigns;
    for (const auto& station : stations_) callsigns.push_back(station->callsign());
    watch_ = std::make_unique<TakeWatch>(worker_.loop(), layout_, std::move(callsigns), clock_,
                                         [this](const std::string& callsign, KnownTake take) {
                                             if (Station* station = Find(callsign))
                                                 station->OnForeignTake(std::move(take));
                                         });
    tick_.expires_after(kTick);
    Tick();
    worker_.AnnounceReady();
}

void Downloader::Tick() {
    tick_.async_wait([this](boost::system::error_code error) {
        if (error || stopping_) return;
        for (const auto& station : stations_) station->Tick();
        Flush();
        // Late ticks are left out, not made up for in a rush.
        tick_.expires_at(std::max(tick_.expiry() + kTick, std::chrono::steady_clock::now()));
        Tick();
    });
}

void Downloader::RequestFlush() {
    if (std::exchange(flush_requested_, true)) return;
    boost::asio::post(worker_.loop(), [this] { Flush(); });
}

void Downloader::Flush() {
    if (!writer_->HasRoom()) {
        flush_requested_ = true;
        return;
    }
    flush_requested_ = false;
    std::vector<WriteOp> round = std::exchange(facts_, {});
    for (const auto& station : stations_) station->Collect(round);
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
    for (const auto& station : stations_) {
        proto::StationBeat part = station->Beat();
        auto& told = told_bytes_[part.station];
        part.bytes = part.bytes_total - std::exchange(told, part.bytes_total);
        beat.bytes_total += part.bytes_total;
        beat.connections += station->recording() ? 1 : 0;
        beat.stations.push_back(std::move(part));
    }
    beat.files = writer_->open_files();
}

void Downloader::OnCommand(const proto::Command& command) {
    if (command.command == "bitrate" && worker_.config().FindStation(command.station))
        facts_.push_back(SetValue{"bitrate." + command.station, std::to_string(command.kbps)});
}

}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#include "downloader/downloader.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

#include "common/catalog/catalog.h"
#include "common/log/log.h"
#include "common/util/error.h"
#include "downloader/segment_repair.h"

namespace aircheck::downloader {
namespace {

constexpr std::chrono::seconds kTick{1};

/// Between the first connects of two stations: servers accept few at once.
constexpr std::chrono::milliseconds kConnectSpacing{3};

}  // namespace

Downloader::Downloader(worker::Worker& worker, const time::Clock& clock)
    : worker_(worker),
      layout_(worker.config().storage),
      multi_(worker.loop()),
      tick_(worker.loop()) {
    writer_ = std::make_unique<ArchiveWriter>(
        worker.loop(), layout_, clock,
        ArchiveWriter::Events{
            .on_segment =
                [this](const proto::SegmentEvent& event) {
                    const auto station = std::find_if(
                        stations_.begin(), stations_.end(),
                        [&](const auto& each) { return each->callsign() == event.station; });
                    if (station != stations_.end()) (*station)->OnSegment(event);
                },
            .on_lost =
                [this](SegmentHandle handle) {
                    for (const auto& station : stations_) station->OnLost(handle);
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

Downloader::~Downloader() {
    stopping_ = true;
    if (repair_.joinable()) repair_.join();
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
    repair_ = std::thread([this] { Repair(); });
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

void Downloader::Repair() {
    try {
        catalog::Catalog catalog(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite);
        for (const auto& station : stations_) {
            if (stopping_) return;
            const auto report = RepairStation(layout_, catalog, station->callsign());
            if (report.closed + report.recovered + report.unusable > 0)
                log::info("{}: repaired: {} closed, {} recovered, {} unusable", station->callsign(),
                          report.closed, report.recovered, report.unusable);
        }
    } catch (const std::exception& error) {
        log::error("repair: {}; tried again at the next start", util::DescribeException(error));
    }
}

}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/curl/multi.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"
#include "downloader/archive_writer.h"
#include "downloader/station.h"
#include "downloader/take_watch.h"

namespace aircheck::downloader {

/// All stations of one shard, on one loop, with one writer. One a process.
class Downloader {
public:
    Downloader(worker::Worker& worker, const time::Clock& clock);
    Downloader(const Downloader&) = delete;
    Downloader& operator=(const Downloader&) = delete;
    ~Downloader();

    worker::Worker::Hooks Hooks();

    /// Begins to record. What a dead process left is repaired meanwhile.
    void Start();

private:
    bool IsMine(const config::StationConfig& station) const;
    std::set<std::string> Others() const;
    std::chrono::milliseconds Period() const;
    void Tick();
    void TakeTurn();
    void Flush();
    void Stop(std::function<void()> finished);
    Station* Find(const std::string& callsign);
    void FillHeartbeat(proto::Heartbeat& beat);
    void OnCommand(const proto::Command& command);

    worker::Worker& worker_;
    const time::Clock& clock_;
    storage::Layout layout_;
    curl::Multi multi_;
    std::vector<std::unique_ptr<Station>> stations_;
    std::unique_ptr<ArchiveWriter> writer_;
    boost::asio::steady_timer tick_;
    time::SteadyTime trimmed_;
    SegmentHandle last_handle_ = 0;
    std::size_t turns_ = 1;  // in a round
    std::size_t turn_ = 0;
    std::set<std::size_t> due_;              // stations with something to be written
    std::vector<std::uint64_t> told_bytes_;  // in the last beat, by station
    std::vector<WriteOp> facts_;             // for the catalog, from commands
    std::unique_ptr<TakeWatch> watch_;
    bool stopping_ = false;
};

}  // namespace aircheck::downloader

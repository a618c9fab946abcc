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

#include "common/config/config.h"
#include "common/curl/multi.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"
#include "downloader/archive_writer.h"
#include "downloader/station.h"
#include "downloader/take_watch.h"

namespace aircheck::downloader {

/// All stations of one shard, on one loop, with one writer. One a process. Stations come and go
/// with the configuration; those that another process takes over go on for a while beside it.
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
    /// A station and what the rounds know of it.
    struct Entry {
        std::unique_ptr<Station> station;
        std::uint64_t told_bytes = 0;  // in the last beat
        bool due = false;              // there is something to be written
    };

    std::vector<const config::StationConfig*> Mine(const std::vector<std::string>& names) const;
    void Add(const config::StationConfig& station, std::chrono::milliseconds delay);
    std::set<std::string> Staying() const;
    std::set<std::string> Others() const;
    std::size_t Turns() const;
    std::chrono::milliseconds Period() const;
    void Tick();
    bool AtRest() const;
    void WakeUp();
    void TakeTurn();
    void CollectSoon(const Station& which);
    void Flush();
    void RemoveOver();
    void Stop(std::function<void()> finished);
    void Retire(std::function<void()> finished);
    void EndRetirement();
    void Reload(config::Config fresh, const std::vector<std::string>& names);
    void Leave(Station& station);
    void Prepare(const std::string& callsign);
    Station* Find(const std::string& callsign);
    void FillHeartbeat(proto::Heartbeat& beat);
    void OnCommand(const proto::Command& command);

    worker::Worker& worker_;
    const time::Clock& clock_;
    config::Config config_;  // the latest
    storage::Layout layout_;
    curl::Multi multi_;
    std::vector<Entry> stations_;
    std::uint64_t bytes_gone_ = 0;  // of stations that are not there any more
    std::unique_ptr<ArchiveWriter> writer_;
    boost::asio::steady_timer tick_;
    time::SteadyTime trimmed_;
    SegmentHandle last_handle_ = 0;
    std::size_t turn_ = 0;  // of the round
    bool ticking_ = false;
    bool any_due_ = false;
    std::vector<WriteOp> facts_;  // for the catalog, from commands
    std::unique_ptr<TakeWatch> watch_;
    std::function<void()> retired_;
    bool stopping_ = false;
};

}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "common/config/config.h"
#include "common/time/clock.h"
#include "proto/messages.h"
#include "pruner/retention.h"

namespace aircheck::pruner {

/// `base` give or take a tenth, for `unit` from [0, 1): many machines that were started together
/// shall not all go to their disks and clouds at the same time.
config::Duration Jittered(config::Duration base, double unit);

/// Decides when to prune and tells what was removed. Lives on the loop's thread; the disk is
/// touched on a thread of its own. `config` and `clock` outlive it; destroy it after the loop has
/// stopped.
class Pruner {
public:
    struct Options {
        std::string name = "pruner-0";
        std::chrono::milliseconds first{5'000};         // until the first pass
        std::chrono::milliseconds space_every{30'000};  // between looks at the disk's limits
        std::chrono::milliseconds pause{100};           // between two batches
        std::function<double()> random;                 // from [0, 1)
        std::function<void(const proto::Message&)> publish;
    };

    Pruner(boost::asio::io_context& loop, const config::Config& config, const time::Clock& clock,
           Options options);

    /// Does nothing when it has been started already.
    void Start();

    /// Looks at the age and space of all or one station now; calls `done` with what came of it.
    void Prune(std::string station, std::function<void(std::string sentence)> done);

    /// The thread that removes segments.
    boost::asio::thread_pool& thread() { return pool_; }

    /// Calls `finished` when the batch that may be running has been told.
    void Stop(std::function<void()> finished);

    void FillHeartbeat(proto::Heartbeat& beat) const;

private:
    /// A pass, and who waits for it.
    struct Order {
        Scope scope = Scope::kAll;
        std::string station;
        std::function<void(std::string sentence)> done;
    };

    void ScheduleFull(config::Duration delay);
    void ScheduleSpaceCheck();
    void Begin(Order order);
    void RunBatch();
    void OnBatch(const Batch& batch);
    void EndPass();

    boost::asio::io_context& loop_;
    const config::Config& config_;
    const time::Clock& clock_;
    const Options options_;
    Retention retention_;  // the pool's thread only
    boost::asio::steady_timer full_timer_;
    boost::asio::steady_timer space_timer_;
    boost::asio::steady_timer pause_timer_;

    time::SysTime next_full_;
    std::uint64_t bytes_total_ = 0;
    std::deque<Order> orders_;  // the first is under way
    std::size_t removed_ = 0;   // by that one
    std::uint64_t removed_bytes_ = 0;
    bool in_batch_ = false;
    bool started_ = false;
    bool stopping_ = false;
    std::function<void()> finished_;

    boost::asio::thread_pool pool_{1};  // last: joined before anything that it uses is gone
};

}  // namespace aircheck::pruner

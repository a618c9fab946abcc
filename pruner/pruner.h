// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "common/cloud/object_store.h"
#include "common/config/config.h"
#include "common/time/clock.h"
#include "proto/messages.h"
#include "pruner/mover.h"
#include "pruner/retention.h"

namespace aircheck::pruner {

/// `base` give or take a tenth, for `unit` from [0, 1): many machines that were started together
/// shall not all go to their disks and clouds at the same time.
config::Duration Jittered(config::Duration base, double unit);

/// Decides when to prune and tells what was done. Lives on the loop's thread; the disk and the
/// cloud are touched on a thread each, so that a cloud that hangs keeps nobody from making room.
/// `config` and `clock` outlive it; destroy it after the loop has stopped.
class Pruner {
public:
    struct Options {
        std::string name = "pruner-0";
        std::chrono::milliseconds first{5'000};         // until the first pass
        std::chrono::milliseconds space_every{30'000};  // between looks at the disk's limits
        std::chrono::milliseconds pause{100};           // between two batches
        std::function<double()> random;                 // from [0, 1); any thread
        std::function<void(const proto::Message&)> publish;
        std::function<std::unique_ptr<cloud::ObjectStore>(const std::atomic<bool>& quit)> open;
        std::function<void()> on_unknown = [] {};  // a new catalog lacks what the cloud has
        Retention::FreeSpace free_space = retention::MeasureFreeSpace;
    };

    Pruner(boost::asio::io_context& loop, const config::Config& config, const time::Clock& clock,
           Options options);

    /// Does nothing when it has been started already.
    void Start();

    /// Looks at the age and space of all or one station now; calls `done` with what came of it.
    void Prune(std::string station, std::function<void(std::string sentence)> done);

    /// The thread that removes segments.
    boost::asio::thread_pool& thread() { return pool_; }

    /// Calls `finished` when the batches that may be running have been told.
    void Stop(std::function<void()> finished);

    void FillHeartbeat(proto::Heartbeat& beat) const;

private:
    /// A pass over this disk, then one over the cloud, then one more over this disk: what has been
    /// uploaded goes. And who waits for it.
    struct Order {
        Scope scope = Scope::kAll;
        std::string station;
        std::function<void(std::string sentence)> done;
        bool full = false;   // the next one follows after `prune_every`
        bool moved = false;  // has been over the cloud
        std::size_t uploaded = 0;
        std::size_t removed = 0;
        std::uint64_t uploaded_bytes = 0;
        std::uint64_t removed_bytes = 0;
    };

    void ScheduleFull(config::Duration delay);
    void ScheduleSpaceCheck();
    void Begin(Order order);
    void RunBatch();
    void OnBatch(const Batch& batch);
    void EndPass();
    void Move(Order order);
    void RunMove();
    void OnMoved(const MoveBatch& batch);
    void ScheduleRetry(std::chrono::milliseconds wait);
    void Finish(Order order);
    void Tell(const catalog::Segment& segment, const char* event);
    void EndIfIdle();

    boost::asio::io_context& loop_;
    const config::Config& config_;
    const time::Clock& clock_;
    const Options options_;
    Shared shared_;
    Retention retention_;  // the pool's thread only
    Mover mover_;          // the moving pool's thread only
    boost::asio::steady_timer full_timer_;
    boost::asio::steady_timer space_timer_;
    boost::asio::steady_timer pause_timer_;
    boost::asio::steady_timer move_timer_;  // pause between two batches
    boost::asio::steady_timer retry_timer_;

    time::SysTime next_full_;
    std::uint64_t bytes_total_ = 0;
    std::deque<Order> orders_;  // the first is under way on this disk
    std::deque<Order> moves_;   // the first is under way in the cloud
    MoveBatch last_move_;
    bool in_batch_ = false;
    bool in_move_ = false;
    bool started_ = false;
    bool stopping_ = false;
    std::function<void()> finished_;

    // Last: joined before anything that they use is gone.
    boost::asio::thread_pool pool_{1};
    boost::asio::thread_pool moving_{1};
};

}  // namespace aircheck::pruner

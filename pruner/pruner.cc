// SPDX-License-Identifier: MIT
#include "pruner/pruner.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <boost/asio/post.hpp>

#include <utility>

#include "common/log/log.h"
#include "common/storage/quiet_io.h"
#include "common/util/units.h"

namespace aircheck::pruner {

config::Duration Jittered(config::Duration base, double unit) {
    return std::chrono::duration_cast<config::Duration>(base * (0.9 + 0.2 * unit));
}

Pruner::Pruner(boost::asio::io_context& loop, const config::Config& config,
               const time::Clock& clock, Options options)
    : loop_(loop),
      config_(config),
      clock_(clock),
      options_(std::move(options)),
      retention_(config, clock, shared_, options_.name, options_.free_space),
      mover_(config, clock, shared_,
             {.name = options_.name,
              .open = [this] { return options_.open(shared_.quit); },
              .random = options_.random,
              .machine = {MachineId(), boost::asio::ip::host_name()},
              .free_space = options_.free_space,
              .checkpoint = {}}),
      full_timer_(loop),
      space_timer_(loop),
      pause_timer_(loop),
      move_timer_(loop),
      retry_timer_(loop) {
    boost::asio::post(moving_, storage::BeQuiet);
}

void Pruner::Start() {
    if (stopping_ || std::exchange(started_, true)) return;
    ScheduleFull(options_.first);
    ScheduleSpaceCheck();
}

void Pruner::Stop(std::function<void()> finished) {
    stopping_ = true;
    shared_.quit = true;
    for (auto* timer : {&full_timer_, &space_timer_, &pause_timer_, &move_timer_, &retry_timer_})
        timer->cancel();
    finished_ = std::move(finished);
    EndIfIdle();
}

void Pruner::EndIfIdle() {
    if (!in_batch_ && !in_move_ && finished_) std::exchange(finished_, nullptr)();
}

void Pruner::FillHeartbeat(proto::Heartbeat& beat) const {
    beat.bytes_total = bytes_total_;
    if (started_) beat.next_prune = time::ToUnixSeconds(next_full_);
    beat.cloud = last_move_.cloud;
    beat.cloud_error = last_move_.error;
    if (last_move_.since) beat.cloud_since = time::ToUnixSeconds(*last_move_.since);
    beat.unsaved = last_move_.unsaved;
}

void Pruner::ScheduleFull(config::Duration delay) {
    next_full_ = clock_.Now() + delay;
    full_timer_.expires_after(delay);
    full_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !stopping_) Begin({.station = {}, .done = {}, .full = true});
    });
}

void Pruner::ScheduleSpaceCheck() {
    space_timer_.expires_after(options_.space_every);
    space_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error || stopping_) return;
        if (orders_.empty()) Begin({.scope = Scope::kSpaceOnly, .station = {}, .done = {}});
        ScheduleSpaceCheck();
    });
}

void Pruner::Prune(std::string station, std::function<void(std::string sentence)> done) {
    if (stopping_ || !started_) return;  // another pruner does it
    boost::asio::post(moving_, [this] { mover_.TryNow(); });
    const bool full = station.empty();
    Begin({.station = std::move(station), .done = std::move(done), .full = full});
}

void Pruner::Begin(Order order) {
    orders_.push_back(std::move(order));
    if (orders_.size() == 1) RunBatch();
}

void Pruner::RunBatch() {
    in_batch_ = true;
    // The loop must not run out of work while the batch is away.
    const Order& order = orders_.front();
    boost::asio::post(pool_, [this, scope = order.scope, station = order.station,
                              work = boost::asio::make_work_guard(loop_)] {
        boost::asio::post(loop_,
                          [this, batch = retention_.Run(scope, station)] { OnBatch(batch); });
    });
}

void Pruner::OnBatch(const Batch& batch) {
    in_batch_ = false;
    Order& order = orders_.front();
    for (const catalog::Segment& segment : batch.removed) {
        bytes_total_ += segment.bytes;
        ++order.removed;
        order.removed_bytes += segment.bytes;
        Tell(segment, "removed");
    }
    if (stopping_) return EndIfIdle();
    if (!batch.more) return EndPass();
    pause_timer_.expires_after(options_.pause);
    pause_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !stopping_) RunBatch();
    });
}

void Pruner::EndPass() {
    Order order = std::move(orders_.front());
    orders_.pop_front();
    if (order.moved)
        Finish(std::move(order));
    else if (order.scope == Scope::kAll || moves_.empty())
        Move(std::move(order));
    if (!orders_.empty() && !in_batch_) RunBatch();
}

void Pruner::Move(Order order) {
    moves_.push_back(std::move(order));
    if (moves_.size() == 1) RunMove();
}

void Pruner::RunMove() {
    in_move_ = true;
    const Order& order = moves_.front();
    boost::asio::post(moving_, [this, scope = order.scope, station = order.station,
                                work = boost::asio::make_work_guard(loop_)] {
        boost::asio::post(loop_, [this, batch = mover_.Run(scope, station)] { OnMoved(batch); });
    });
}

void Pruner::OnMoved(const MoveBatch& batch) {
    in_move_ = false;
    last_move_ = batch;
    bytes_total_ += batch.bytes;
    Order& order = moves_.front();
    for (const catalog::Segment& segment : batch.uploaded) {
        ++order.uploaded;
        order.uploaded_bytes += segment.bytes;
        Tell(segment, "uploaded");
    }
    for (const catalog::Segment& segment : batch.removed) {
        ++order.removed;
        order.removed_bytes += segment.bytes;
        Tell(segment, "removed");
    }
    if (stopping_) return EndIfIdle();
    if (batch.retry) ScheduleRetry(*batch.retry);
    if (batch.unknown) options_.on_unknown();
    if (batch.more) {
        // What is in the cloud already makes room meanwhile.
        if (!batch.uploaded.empty() && orders_.empty())
            Begin({.scope = order.scope, .station = order.station, .done = {}, .moved = true});
        move_timer_.expires_after(options_.pause);
        move_timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error && !stopping_) RunMove();
        });
        return;
    }
    Order moved = std::move(order);
    moves_.pop_front();
    moved.moved = true;
    Begin(std::move(moved));
    if (!moves_.empty()) RunMove();
}

/// Sooner than the next pass.
void Pruner::ScheduleRetry(std::chrono::milliseconds wait) {
    retry_timer_.expires_after(wait);
    retry_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !stopping_ && moves_.empty()) Move({});
    });
}

void Pruner::Finish(Order order) {
    if (order.full) ScheduleFull(Jittered(config_.prune_every, options_.random()));
    if (!order.done) return;
    std::string text = fmt::format("prune: {} segments removed, {}", order.removed,
                                   util::FormatSize(order.removed_bytes));
    if (!last_move_.cloud.empty())
        text += fmt::format("; {} moved to the cloud, {}", order.uploaded,
                            util::FormatSize(order.uploaded_bytes));
    if (!last_move_.error.empty()) text += "; the cloud does not work: " + last_move_.error;
    order.done(std::move(text));
}

void Pruner::Tell(const catalog::Segment& segment, const char* event) {
    options_.publish(proto::SegmentEvent{segment.station, segment.take, event, segment.path,
                                         time::ToUnixSeconds(segment.start),
                                         time::ToUnixSeconds(segment.end), segment.bytes});
}

}  // namespace aircheck::pruner

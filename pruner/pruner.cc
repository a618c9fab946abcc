// SPDX-License-Identifier: MIT
#include "pruner/pruner.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <utility>

#include "common/log/log.h"
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
      retention_(config, clock, options_.name),
      full_timer_(loop),
      space_timer_(loop),
      pause_timer_(loop) {}

void Pruner::Start() {
    if (stopping_ || std::exchange(started_, true)) return;
    ScheduleFull(options_.first);
    ScheduleSpaceCheck();
}

void Pruner::Stop(std::function<void()> finished) {
    stopping_ = true;
    full_timer_.cancel();
    space_timer_.cancel();
    pause_timer_.cancel();
    if (in_batch_)
        finished_ = std::move(finished);
    else
        finished();
}

void Pruner::FillHeartbeat(proto::Heartbeat& beat) const {
    beat.bytes_total = bytes_total_;
    if (started_) beat.next_prune = time::ToUnixSeconds(next_full_);
}

void Pruner::ScheduleFull(config::Duration delay) {
    next_full_ = clock_.Now() + delay;
    full_timer_.expires_after(delay);
    full_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !stopping_) Begin({});
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
    Begin({Scope::kAll, std::move(station), std::move(done)});
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
    for (const catalog::Segment& segment : batch.removed) {
        bytes_total_ += segment.bytes;
        ++removed_;
        removed_bytes_ += segment.bytes;
        options_.publish(proto::SegmentEvent{segment.station, segment.take, "removed", segment.path,
                                             time::ToUnixSeconds(segment.start),
                                             time::ToUnixSeconds(segment.end), segment.bytes});
    }
    if (stopping_) {
        if (finished_) std::exchange(finished_, nullptr)();
        return;
    }
    if (!batch.more) return EndPass();
    pause_timer_.expires_after(options_.pause);
    pause_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !stopping_) RunBatch();
    });
}

void Pruner::EndPass() {
    const Order order = std::move(orders_.front());
    orders_.pop_front();
    const auto removed = std::exchange(removed_, 0);
    const auto bytes = std::exchange(removed_bytes_, 0);
    if (order.scope == Scope::kAll && order.station.empty())
        ScheduleFull(Jittered(config_.prune_every, options_.random()));
    if (order.done)
        order.done(fmt::format("prune: {} segments removed, {}", removed, util::FormatSize(bytes)));
    if (!orders_.empty()) RunBatch();
}

}  // namespace aircheck::pruner

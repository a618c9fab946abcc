// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <functional>
#include <string>

#include "common/config/config.h"
#include "common/time/clock.h"
#include "loudness/rounds.h"
#include "proto/messages.h"

namespace aircheck::loudness {

/// Makes one round after the other, and tells what came of them. Lives on the loop's thread; what
/// is decoded is decoded on a thread that is idle, which in turn rests for as long as it has
/// worked: it takes half of a processor at most, and that only if nobody else wants it. `config`
/// and `clock` outlive it; destroy it after the loop has stopped.
class LoudnessWorker {
public:
    using Publish = std::function<void(const proto::Message&)>;

    LoudnessWorker(boost::asio::io_context& loop, const config::Config& config,
                   const time::Clock& clock, std::string name, Publish publish);

    /// Does nothing when it has been started already.
    void Start();

    /// Calls `finished` when the round that may be running has ended.
    void Stop(std::function<void()> finished);

    void FillHeartbeat(proto::Heartbeat& beat) const { beat.bytes_total = rounds_.bytes(); }

private:
    void Begin();
    void Hear();
    void Keep(time::Micros took);
    void End(const Outcome& outcome, time::Micros took);

    boost::asio::io_context& loop_;
    const time::Clock& clock_;
    const Publish publish_;
    Rounds rounds_;
    boost::asio::steady_timer timer_;
    bool started_ = false;
    bool in_round_ = false;
    bool stopping_ = false;
    std::function<void()> finished_;

    // Last: joined before anything that they use is gone.
    boost::asio::thread_pool catalog_{1};
    boost::asio::thread_pool decoding_{1};
};

}  // namespace aircheck::loudness

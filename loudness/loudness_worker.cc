// SPDX-License-Identifier: MIT
#include "loudness/loudness_worker.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

#include "common/storage/quiet_io.h"

namespace aircheck::loudness {
namespace {

/// What is being recorded is looked at so often.
constexpr std::chrono::seconds kEvery{2};

/// At least, between two rounds.
constexpr std::chrono::milliseconds kRest{20};

}  // namespace

LoudnessWorker::LoudnessWorker(boost::asio::io_context& loop, const config::Config& config,
                               const time::Clock& clock, std::string name, Publish publish)
    : loop_(loop),
      clock_(clock),
      publish_(std::move(publish)),
      rounds_(config, clock, std::move(name)),
      timer_(loop) {
    boost::asio::post(decoding_, storage::BeIdle);
}

void LoudnessWorker::Start() {
    if (stopping_ || std::exchange(started_, true)) return;
    Begin();
}

void LoudnessWorker::Stop(std::function<void()> finished) {
    stopping_ = true;
    rounds_.Quit();
    timer_.cancel();
    if (!in_round_) return finished();
    finished_ = std::move(finished);
}

void LoudnessWorker::Begin() {
    in_round_ = true;
    // The loop must not run out of work while the round is away.
    boost::asio::post(catalog_, [this, work = boost::asio::make_work_guard(loop_)] {
        rounds_.LookUp();
        boost::asio::post(loop_, [this] { Hear(); });
    });
}

void LoudnessWorker::Hear() {
    boost::asio::post(decoding_, [this, work = boost::asio::make_work_guard(loop_)] {
        const time::SteadyTime began = clock_.Steady();
        rounds_.Hear();
        const auto took = std::chrono::duration_cast<time::Micros>(clock_.Steady() - began);
        boost::asio::post(loop_, [this, took] { Keep(took); });
    });
}

void LoudnessWorker::Keep(time::Micros took) {
    boost::asio::post(catalog_, [this, took, work = boost::asio::make_work_guard(loop_)] {
        boost::asio::post(loop_, [this, took, outcome = rounds_.Keep()] { End(outcome, took); });
    });
}

void LoudnessWorker::End(const Outcome& outcome, time::Micros took) {
    in_round_ = false;
    for (const auto& event : outcome.events) publish_(event);
    if (stopping_) return finished_();
    const time::Micros rest = std::max<time::Micros>(took, kRest);
    timer_.expires_after(outcome.more ? rest : std::max<time::Micros>(rest, kEvery));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !stopping_) Begin();
    });
}

}  // namespace aircheck::loudness

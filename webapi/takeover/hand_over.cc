// SPDX-License-Identifier: MIT
#include "webapi/takeover/hand_over.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <system_error>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// Sent ahead of their answers: enough to keep the other end busy, and few enough that their files
/// do not crowd out others.
constexpr std::size_t kMaxUnanswered = 64;

/// Connections become ready to leave by themselves; this is how often it is looked whether any is
/// left.
constexpr std::chrono::milliseconds kLook{100};

void LogEnd(const std::exception_ptr& error) {
    if (error) log::error("web: handing over: {}", util::DescribeException(error));
}

}  // namespace

HandOver::HandOver(asio::io_context& loop, Server& server, BodyParts parts,
                   std::filesystem::path successor, Patience patience)
    : loop_(loop),
      server_(server),
      parts_(parts),
      successor_(std::move(successor)),
      patience_(patience),
      event_(loop) {}

void HandOver::Start(std::function<void()> finished) {
    finished_ = std::move(finished);
    asio::co_spawn(loop_, Run(), LogEnd);
}

void HandOver::Cancel() {
    cancelled_ = true;
    event_.cancel();
}

asio::awaitable<void> HandOver::Run() {
    auto give_up = steady_clock::now() + patience_.connect;
    while (!cancelled_ && !Done() && steady_clock::now() < give_up) {
        if (!Connect()) {
            co_await Wait(patience_.retry);
            continue;
        }
        const std::uint64_t before = taken_;
        server_.StartLeaving([this](Standing standing) { Leave(std::move(standing)); });
        parts_.hub.Wake();
        co_await Exchange();
        server_.StopLeaving();
        // In this order: each goes on here before it may be asked to leave again.
        while (!unanswered_.empty()) {
            TakeBack(std::move(unanswered_.front()), true);
            unanswered_.pop_front();
        }
        while (!waiting_.empty()) {
            TakeBack(std::move(waiting_.front()), true);
            waiting_.pop_front();
        }
        if (taken_ > before) give_up = steady_clock::now() + patience_.connect;
        if (!cancelled_ && !Done()) co_await Wait(patience_.retry);
    }
    log::info("web: {} connections handed over, {} left", taken_, server_.connections());
    finished_();
}

bool HandOver::Connect() {
    try {
        channel_ =
            std::make_unique<takeover::AsyncChannel>(loop_, takeover::Channel::Connect(successor_));
    } catch (const std::system_error& error) {
        log::debug("web: {}", error.what());
        return false;
    }
    return true;
}

/// Until all is done, or the successor is lost.
asio::awaitable<void> HandOver::Exchange() {
    reading_ = true;
    asio::co_spawn(loop_, ReadAnswers(), LogEnd);
    auto answered = steady_clock::now();
    std::uint64_t taken = taken_;
    while (reading_ && !cancelled_ && !Done()) {
        const auto now = steady_clock::now();
        if (unanswered_.empty() || std::exchange(taken, taken_) != taken_) answered = now;
        if (now - answered >= patience_.answer) {
            log::warn("web: the successor does not answer");
            break;
        }
        if (!waiting_.empty() && unanswered_.size() < kMaxUnanswered) {
            co_await SendNext();
        } else {
            co_await Wait(kLook);
        }
    }
    // Whatever has been answered is still read; an answer that comes later does not arrive, and
    // the successor knows by that.
    channel_->StopReceiving();
    while (reading_) co_await Wait(kLook);
    channel_.reset();
}

asio::awaitable<void> HandOver::SendNext() {
    Parcel parcel = std::move(waiting_.front());
    waiting_.pop_front();
    const std::vector<int> files = takeover::Numbers(parcel.fds);
    const Result result = co_await channel_->Send(parcel.bytes, files);
    if (result == Result::kDone) {
        unanswered_.push_back(std::move(parcel));
    } else if (result == Result::kClosed) {
        waiting_.push_front(std::move(parcel));
        co_await Wait(kLook);  // for the reader to notice as well
    } else {
        TakeBack(std::move(parcel), false);
    }
}

asio::awaitable<void> HandOver::ReadAnswers() {
    for (bool sound = true; sound;) {
        Parcel answer;
        const Result result = co_await channel_->Receive(answer);
        sound = result == Result::kDone && TakeAnswer(answer);
        event_.cancel();
    }
    reading_ = false;
}

/// False if it makes no sense.
bool HandOver::TakeAnswer(const Parcel& answer) {
    const auto decoded = DecodeHailAnswer(answer.bytes);
    const auto* said = std::get_if<HailAnswer>(&decoded);
    if (said == nullptr || !said->taken || unanswered_.empty()) {
        log::warn("web: the successor's answer makes no sense");
        return false;
    }
    Parcel parcel = std::move(unanswered_.front());
    unanswered_.pop_front();
    ++taken_;
    if (*said->taken) return true;
    --taken_;
    log::warn("web: the successor refused a connection: {}",
              said->reason.value_or("no reason given"));
    TakeBack(std::move(parcel), false);
    return true;
}

void HandOver::Leave(Standing standing) {
    if (auto parcel = Pack(standing)) {
        waiting_.push_back(std::move(*parcel));
        event_.cancel();
        return;
    }
    standing.may_leave = false;
    server_.Serve(std::move(standing));
}

void HandOver::TakeBack(Parcel parcel, bool may_leave) {
    auto unpacked = Unpack(std::move(parcel), parts_);
    if (const auto* reason = std::get_if<std::string>(&unpacked)) {
        log::error("web: a connection is lost: {}", *reason);
        return;
    }
    Standing& standing = std::get<Standing>(unpacked);
    standing.may_leave = may_leave;
    try {
        server_.Serve(std::move(standing));
    } catch (const std::system_error& error) {
        log::error("web: a connection is lost: {}", error.what());
    }
}

asio::awaitable<void> HandOver::Wait(std::chrono::milliseconds time) {
    event_.expires_after(time);
    co_await event_.async_wait(kAwait);
}

bool HandOver::Done() const {
    return waiting_.empty() && unanswered_.empty() && server_.leaving() == 0;
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/events/events_body.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "webapi/takeover/takeover_state.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

/// So often the connection looks whether it is to end or to leave.
constexpr std::chrono::seconds kLook{1};

/// So many of these without an event are filled with a comment, before a proxy thinks that
/// nobody is there.
constexpr int kQuietLooks = 15;

constexpr std::chrono::milliseconds kRetry{1000};

}  // namespace

EventsBody::EventsBody(EventHub& hub, Watcher watcher) : hub_(hub), watcher_(watcher) {
    Push(std::make_shared<const std::string>("retry: " + std::to_string(kRetry.count()) + "\n\n"));
    Push(hub.Present());
    if (watcher == Watcher::kOperator) Push(std::make_shared<const std::string>(hub.Backstage()));
    hub.Join(*this);
}

EventsBody::~EventsBody() {
    hub_.Leave(*this);
}

void EventsBody::Push(EventHub::Text text) {
    if (overrun_) return;
    if (!queue_.empty() && queued_bytes_ + text->size() > kMaxQueuedBytes) {
        overrun_ = true;
        queue_.clear();
    } else {
        queued_bytes_ += text->size();
        queue_.push_back(std::move(text));
    }
    if (waiting_ != nullptr) waiting_->cancel();
}

asio::awaitable<std::optional<Extent>> EventsBody::Next() {
    if (overrun_) co_return std::nullopt;
    if (!queue_.empty()) {
        EventHub::Text text = std::move(queue_.front());
        queue_.pop_front();
        queued_bytes_ -= text->size();
        co_return Give(std::move(text));
    }
    if (quiet_ >= kQuietLooks) {
        co_return Give(std::make_shared<const std::string>(": nothing new\n\n"));
    }
    asio::steady_timer timer(co_await asio::this_coro::executor, kLook);
    waiting_ = &timer;
    const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    waiting_ = nullptr;
    if (!error) ++quiet_;
    co_return Extent{};
}

Extent EventsBody::Give(EventHub::Text text) {
    quiet_ = 0;
    given_ = std::move(text);
    return {-1, 0, given_->size(), given_->data()};
}

bool EventsBody::Save(BodyState& state, Luggage&) {
    state.events = true;
    if (watcher_ == Watcher::kOperator) state.backstage = true;
    return true;
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/operating/supervisor_line.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

}  // namespace

SupervisorLine::SupervisorLine(asio::io_context& loop, std::string name, Publish publish,
                               std::chrono::milliseconds timeout)
    : loop_(loop), name_(std::move(name)), publish_(std::move(publish)), timeout_(timeout) {}

asio::awaitable<std::optional<proto::Answer>> SupervisorLine::Ask(std::string request,
                                                                  std::string station) {
    const std::uint64_t id = ++last_id_;
    Waiting& waiting =
        waiting_.emplace(id, Waiting{asio::steady_timer(loop_, timeout_), {}}).first->second;
    publish_(proto::Request{
        .name = name_, .id = id, .request = std::move(request), .station = std::move(station)});
    co_await waiting.timer.async_wait(kAwait);
    std::optional<proto::Answer> answer = std::move(waiting.answer);
    waiting_.erase(id);
    co_return answer;
}

void SupervisorLine::Hear(const proto::Answer& answer) {
    const auto found = waiting_.find(answer.id);
    if (found == waiting_.end()) return;  // too late
    found->second.answer = answer;
    found->second.timer.cancel();
}

}  // namespace aircheck::webapi

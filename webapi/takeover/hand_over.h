// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>

#include "common/takeover/async_channel.h"
#include "webapi/http/server.h"
#include "webapi/takeover/parcel.h"

namespace aircheck::webapi {

/// Gives a server's connections to the worker that goes on, each as soon as it can leave, and
/// each exactly once: the successor answers before it touches a connection, and what it has not
/// answered when it dies is served here again, until there is another successor at the same path.
/// Lives on the loop's thread, and until the loop has ended.
class HandOver {
public:
    struct Patience {
        std::chrono::milliseconds connect{10'000};  // for a successor that can be reached
        std::chrono::milliseconds answer{5'000};    // for its answer
        std::chrono::milliseconds retry{50};
    };

    /// `parts` as for Unpack.
    HandOver(boost::asio::io_context& loop, Server& server, BodyParts parts,
             std::filesystem::path successor, Patience patience);
    HandOver(const HandOver&) = delete;
    HandOver& operator=(const HandOver&) = delete;

    /// Calls `finished` when no connection is left that could be handed over, or when the
    /// successor could not be reached for too long. What is left then is for the server to end.
    void Start(std::function<void()> finished);

    /// Takes back what has not been taken. `finished` is called soon.
    void Cancel();

    std::uint64_t taken() const { return taken_; }

private:
    using Parcel = takeover::Parcel;
    using Result = takeover::Channel::Result;

    boost::asio::awaitable<void> Run();
    bool Connect();
    boost::asio::awaitable<void> Exchange();
    boost::asio::awaitable<void> SendNext();
    boost::asio::awaitable<void> ReadAnswers();
    bool TakeAnswer(const Parcel& answer);
    void Leave(Standing standing);
    void TakeBack(Parcel parcel, bool may_leave);
    boost::asio::awaitable<void> Wait(std::chrono::milliseconds time);
    bool Done() const;

    boost::asio::io_context& loop_;
    Server& server_;
    const BodyParts parts_;
    const std::filesystem::path successor_;
    const Patience patience_;
    std::function<void()> finished_;
    boost::asio::steady_timer event_;  // cancelled when there is something to look at
    std::unique_ptr<takeover::AsyncChannel> channel_;
    std::deque<Parcel> waiting_;     // not sent
    std::deque<Parcel> unanswered_;  // sent; not to be served here before it is known what of it
    bool reading_ = false;
    bool cancelled_ = false;
    std::uint64_t taken_ = 0;
};

}  // namespace aircheck::webapi

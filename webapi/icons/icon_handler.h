// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "webapi/http/http.h"
#include "webapi/icons/icon.h"
#include "webapi/icons/icon_painter.h"

namespace aircheck::webapi {

/// Answers requests for pictures. They are painted on a thread of their own, few at a time, and
/// the last ones are kept. Destroyed after the loop has stopped.
class IconHandler {
public:
    static constexpr int kMaxPending = 16;
    static constexpr std::size_t kMaxKeptBytes = 8 << 20;
    static constexpr std::size_t kMaxKept = 256;

    IconHandler() = default;
    IconHandler(const IconHandler&) = delete;
    IconHandler& operator=(const IconHandler&) = delete;
    ~IconHandler();

    /// /icon/{text}_{px}.png
    boost::asio::awaitable<Response> Paint(const Request& request);

private:
    struct Kept {
        Icon icon;
        std::string file;
    };

    boost::asio::awaitable<std::string> PaintOnThread(const Icon& icon);
    const std::string* FindKept(const Icon& icon);
    void Keep(const Icon& icon, const std::string& file);

    // The loop's.
    std::list<Kept> kept_;  // the last one asked for first
    std::size_t kept_bytes_ = 0;
    int pending_ = 0;
    // The thread's.
    std::optional<IconPainter> painter_;
    boost::asio::thread_pool thread_{1};
};

}  // namespace aircheck::webapi

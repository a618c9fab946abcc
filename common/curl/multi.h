// SPDX-License-Identifier: MIT
#pragma once

#include <curl/curl.h>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>

#include "common/curl/easy.h"

namespace aircheck::curl {

/// libcurl's multi interface as an event source: thousands of transfers on one loop. Sockets are
/// gathered in one epoll set of its own, which is what the loop watches.
/// Lives on the loop's thread; must outlive its transfers.
class Multi {
public:
    using Done = std::function<void(CURLcode)>;

    /// What a transfer reads at once and has memory for, if it is to be gathered: the value of
    /// its CURLOPT_BUFFERSIZE.
    static constexpr long kReadBytes = 8 * 1024;

    explicit Multi(boost::asio::io_context& loop);
    Multi(const Multi&) = delete;
    Multi& operator=(const Multi&) = delete;
    ~Multi();

    /// Starts a transfer. `done` is called from the loop, never from inside libcurl, at most
    /// once, after the transfer has been taken out; it may destroy the handle.
    void Add(Easy& easy, Done done);

    /// Ends a transfer without calling `done`. Does nothing if it is not running. Not from inside
    /// one of libcurl's callbacks.
    void Remove(Easy& easy) noexcept;

    /// From here on the kernel gathers up to `bytes` before it wakes the loop; until then they are
    /// had by `Receive` only. The transfer's end is noticed at once all the same. For plain
    /// transfers that are being received; not for TLS, which reads record by record. False where
    /// it cannot be done.
    bool Gather(Easy& easy, int bytes) noexcept;

    /// Takes in what has been gathered, through libcurl's callbacks; `done` is not called from
    /// here. Not from inside one of those callbacks.
    void Receive(Easy& easy);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace aircheck::curl

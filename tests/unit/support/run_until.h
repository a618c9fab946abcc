// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>

namespace aircheck::test {

/// Runs the loop until the condition holds. False if that takes more than twenty seconds.
template <typename Condition>
bool RunUntil(boost::asio::io_context& loop, const Condition& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    loop.restart();
    while (!condition() && std::chrono::steady_clock::now() < end)
        loop.run_one_for(std::chrono::milliseconds{10});
    return condition();
}

}  // namespace aircheck::test

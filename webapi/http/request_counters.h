// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aircheck::webapi {

/// What was asked for, and how it went: plain numbers of the loop's thread. Memory is taken at the
/// first request of a route only.
class RequestCounters {
public:
    /// Upper bounds of the duration's buckets, in seconds; a last one has no bound.
    static constexpr std::array kBounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                           0.05,   0.1,   0.25,   0.5,   1.0,  5.0};
    static constexpr std::size_t kClasses = 5;  // of status codes, 1xx to 5xx

    struct Route {
        std::array<std::uint64_t, kClasses> by_class{};
        std::array<std::uint64_t, kBounds.size() + 1> buckets{};  // each for itself
        double seconds = 0;
    };

    /// `route` is its number in the table, -1 for what fits none; `took` until there was an answer.
    void Count(int route, int status, std::chrono::steady_clock::duration took) {
        const std::size_t row = route < 0 ? 0 : static_cast<std::size_t>(route) + 1;
        if (row >= rows_.size()) rows_.resize(row + 1);
        Route& counted = rows_[row];
        const auto hundreds = static_cast<std::size_t>(status) / 100;
        if (hundreds >= 1 && hundreds <= kClasses) ++counted.by_class[hundreds - 1];
        const double seconds = std::chrono::duration<double>(took).count();
        std::size_t bucket = 0;
        while (bucket < kBounds.size() && seconds > kBounds[bucket]) ++bucket;
        ++counted.buckets[bucket];
        counted.seconds += seconds;
    }

    /// Of route number n - 1; the first is of what fits none.
    const std::vector<Route>& rows() const { return rows_; }

private:
    std::vector<Route> rows_;
};

}  // namespace aircheck::webapi

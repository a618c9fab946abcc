// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "common/time/clock.h"
#include "common/util/ip_address.h"

namespace aircheck::webapi {

/// How often each client may ask for what is costly: a bucket that holds a few seconds' requests,
/// and is filled at a rate. There is a fixed number of buckets, whoever asks; clients that share
/// one by chance (nobody can aim) share its rate. Lives on the loop's thread.
class RateLimiter {
public:
    static constexpr double kBurstSeconds = 5;

    /// `per_second`: 0 for as often as anybody likes.
    RateLimiter(const time::Clock& clock, int per_second);

    /// Takes one for the customer with that address: the half of an IPv6 address. Zero; or how long
    /// the client should wait, if it has had its share.
    std::chrono::seconds Take(const util::IpAddress& client);

private:
    struct Bucket {
        time::SteadyTime filled;
        double missing = 0;  // to be full
    };

    const time::Clock& clock_;
    const double per_second_;
    const std::uint64_t seed_;
    std::vector<Bucket> buckets_;
};

}  // namespace aircheck::webapi

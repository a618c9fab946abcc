// SPDX-License-Identifier: MIT
#include "webapi/http/rate_limiter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace aircheck::webapi {

namespace {

constexpr int kBucketBits = 14;  // 256 KiB in all

/// Of the golden ratio: spreads what differs in a few bits.
constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;

/// What tells customers apart: an IPv4 address, 64 bits of an IPv6 one.
std::uint64_t NetworkOf(const util::IpAddress& client) {
    const auto only = client.begin() + (util::IsMapped(client) ? client.size() / 2 : 0);
    std::uint64_t network = 0;
    std::memcpy(&network, &*only, sizeof network);
    return network;
}

std::uint64_t RandomSeed() {
    std::random_device random;
    return std::uint64_t{random()} << 32 | random();
}

}  // namespace

RateLimiter::RateLimiter(const time::Clock& clock, int per_second)
    : clock_(clock), per_second_(per_second), seed_(RandomSeed()) {
    if (per_second > 0) buckets_.resize(std::size_t{1} << kBucketBits);
}

std::chrono::seconds RateLimiter::Take(const util::IpAddress& client) {
    if (buckets_.empty()) return {};
    const std::uint64_t network = NetworkOf(client);
    // Twice, so that the seed decides which ones fall together.
    const std::uint64_t mixed = ((network ^ seed_) * kSpread ^ seed_ >> 7) * kSpread;
    Bucket& bucket = buckets_[mixed >> (64 - kBucketBits)];
    const time::SteadyTime now = clock_.Steady();
    const std::chrono::duration<double> since = now - bucket.filled;
    bucket.missing = std::max(0.0, bucket.missing - since.count() * per_second_);
    bucket.filled = now;
    const double lacking = bucket.missing + 1 - per_second_ * kBurstSeconds;
    if (lacking > 0)
        return std::chrono::seconds{static_cast<long>(std::ceil(lacking / per_second_))};
    bucket.missing += 1;
    return {};
}

}  // namespace aircheck::webapi

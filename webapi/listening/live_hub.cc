// SPDX-License-Identifier: MIT
#include "webapi/listening/live_hub.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

#include "common/log/log.h"
#include "common/util/error.h"
#include "webapi/listening/slice.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kTick{1};

/// A segment that ended before is found by those who still play it themselves.
constexpr time::Micros kWindow = std::chrono::minutes{1};
constexpr time::Micros kFarAhead = std::chrono::hours{24};

std::vector<Recorded> LoadNewest(const catalog::Catalog& catalog, const std::string& station,
                                 time::SysTime now) {
    auto recorded = LoadRecorded(catalog, station, now - kWindow, now + kFarAhead);
    if (!recorded.empty()) return recorded;
    // Recording has stopped: who waits at its end must still see that segment closed.
    if (auto last = catalog.SegmentBefore(station, now)) recorded.push_back({*last, last->start});
    return recorded;
}

}  // namespace

LiveHub::LiveHub(asio::io_context& loop, const time::Clock& clock, CatalogReader& reader)
    : loop_(loop), clock_(clock), reader_(reader), grid_(loop), waiting_(loop) {
    waiting_.expires_at(asio::steady_timer::time_point::max());
    asio::co_spawn(loop_, Run(), [](const std::exception_ptr& error) {
        if (error) log::error("live: {}", util::DescribeException(error));
    });
}

LiveHub::Newest LiveHub::NewestOf(const std::string& station) {
    wanted_.insert(station);
    const auto found = newest_.find(station);
    return found == newest_.end() ? nullptr : found->second;
}

asio::awaitable<void> LiveHub::NextTick() {
    co_await waiting_.async_wait(kAwait);
}

asio::awaitable<void> LiveHub::Run() {
    grid_.expires_after(kTick);
    for (;;) {
        const auto [error] = co_await grid_.async_wait(kAwait);
        if (error) co_return;
        co_await Look();
        waiting_.cancel();
        // On the grid again, but without making up for ticks that a slow disk took.
        const auto next = grid_.expiry() + kTick;
        grid_.expires_at(std::max(next, asio::steady_timer::clock_type::now()));
    }
}

asio::awaitable<void> LiveHub::Look() {
    if (wanted_.empty()) {
        newest_.clear();
        co_return;
    }
    const std::set<std::string> stations = std::exchange(wanted_, {});
    std::map<std::string, Newest> found;
    const time::SysTime now = clock_.Now();
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        if (catalog == nullptr) return;
        for (const std::string& station : stations) {
            found[station] =
                std::make_shared<const std::vector<Recorded>>(LoadNewest(*catalog, station, now));
        }
    };
    try {
        const bool ran = co_await reader_.Run(job);
        if (ran) newest_ = std::move(found);
    } catch (const CatalogUnavailable&) {
        // The reader has told the log why.
    } catch (const std::exception& error) {
        log::warn("live: cannot look into the catalog: {}", util::DescribeException(error));
    }
}

}  // namespace aircheck::webapi

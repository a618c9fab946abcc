// SPDX-License-Identifier: MIT
#include "webapi/metrics/last_day.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::minutes kInterval{1};

/// With very many stations: so that listeners have most of the look-ups to themselves.
constexpr int kShare = 20;

constexpr time::Micros kDay = std::chrono::hours(24);

/// Nullopt where nothing has been recorded yet.
std::optional<LastDay::Station> LookBack(const catalog::Catalog& catalog,
                                         const std::string& callsign, time::SysTime now) {
    const auto window = coverage::DefaultWindow(catalog, callsign, time::Zone(), now);
    const time::SysTime to = coverage::ToldUntil(catalog, callsign, now);
    const time::SysTime from = std::max(window.from, now - kDay);
    if (from >= to) return std::nullopt;
    coverage::Coverage coverage = coverage::Plan(callsign, time::Zone(), from, to);
    for (std::size_t day = 0; day < coverage.days.size(); ++day)
        coverage::Survey(catalog, coverage, day);
    LastDay::Station found{coverage.sums,         coverage.holes.size(), coverage.exact_splices,
                           coverage.butt_splices, std::nullopt,          from};
    if (!coverage.holes.empty()) found.last_hole = coverage.holes.back();
    if (const auto first = catalog.SegmentAfter(callsign, time::SysTime{}))
        found.first = first->start;
    return found;
}

}  // namespace

LastDay::LastDay(asio::io_context& loop, const time::Clock& clock, CatalogReader& reader,
                 const std::vector<config::StationConfig>& stations)
    : clock_(clock), reader_(reader), timer_(loop), stations_(stations) {
    asio::co_spawn(loop, Run(), [](const std::exception_ptr& error) {
        if (error) log::error("last day: {}", util::DescribeException(error));
    });
}

const LastDay::Station* LastDay::Find(std::string_view callsign) const {
    const auto found = known_.find(callsign);
    return found == known_.end() ? nullptr : &found->second;
}

asio::awaitable<void> LastDay::Run() {
    for (;;) {
        const time::SteadyTime begun = clock_.Steady();
        for (const auto& station : stations_) co_await Look(station.callsign);
        const auto took = clock_.Steady() - begun;
        timer_.expires_after(std::max<time::SteadyTime::duration>(kInterval, kShare * took));
        const auto [error] = co_await timer_.async_wait(kAwait);
        if (error) co_return;
    }
}

asio::awaitable<void> LastDay::Look(std::string callsign) {
    std::optional<Station> found;
    // The job may outlive this object while the program ends, but not this frame.
    const time::SysTime now = clock_.Now();
    const CatalogReader::Job job = [&found, &callsign, now](const catalog::Catalog* catalog) {
        if (catalog != nullptr) found = LookBack(*catalog, callsign, now);
    };
    try {
        const bool ran = co_await reader_.Run(job);
        if (!ran) co_return;
        known_.erase(callsign);
        if (found) known_.emplace(callsign, *found);
    } catch (const CatalogUnavailable&) {
        // The reader has told the log why.
    } catch (const std::exception& error) {
        log::warn("{}: cannot look at the last day: {}", callsign, util::DescribeException(error));
    }
}

}  // namespace aircheck::webapi

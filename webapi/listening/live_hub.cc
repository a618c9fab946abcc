// SPDX-License-Identifier: MIT
#include "webapi/listening/live_hub.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <optional>

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
constexpr time::Micros kTitleWindow = std::chrono::minutes{15};
constexpr time::Micros kFarAhead = std::chrono::hours{24};

/// For what is lost one after the other.
constexpr int kAttempts = 16;

/// Between two lines of the log about slow listeners.
constexpr std::chrono::seconds kLossPause{10};

std::vector<Recorded> LoadNewest(const catalog::Catalog& catalog, const std::string& station,
                                 time::SysTime now) {
    auto recorded = LoadRecorded(catalog, station, now - kWindow, now + kFarAhead);
    if (!recorded.empty()) return recorded;
    // Recording has stopped: who waits at its end must still see that segment closed.
    if (auto last = catalog.SegmentBefore(station, now)) recorded.push_back({*last, last->start});
    return recorded;
}

std::optional<LiveNext> StartOf(std::optional<Piece> piece) {
    if (!piece) return std::nullopt;
    return LiveNext{std::move(*piece), {}};
}

}  // namespace

struct LiveHub::LookUp {
    explicit LookUp(asio::io_context& loop) : done(loop) {
        done.expires_at(asio::steady_timer::time_point::max());
    }

    LiveFound found;
    bool finished = false;
    asio::steady_timer done;  // never expires: cancelled then
};

LiveHub::LiveHub(asio::io_context& loop, const time::Clock& clock, const SoundSource& source)
    : loop_(loop),
      clock_(clock),
      source_(source),
      reader_(source.reader()),
      grid_(loop),
      waiting_(loop) {
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

LiveHub::Titles LiveHub::TitlesOf(const std::string& station) {
    titles_wanted_.insert(station);
    const auto found = titles_.find(station);
    return found == titles_.end() ? nullptr : found->second;
}

asio::awaitable<LiveFound> LiveHub::NextAfter(const catalog::Segment& current) {
    const Places places = source_.places();
    const time::SysTime now = clock_.Now();
    const Search search = [&](const catalog::Catalog& catalog) {
        return FindLiveNext(catalog, places, current, now);
    };
    const std::string key = fmt::format("after {} {}", current.id, current.bytes);
    co_return co_await FindOnce(key, current.station, search);
}

asio::awaitable<LiveFound> LiveHub::PresentOf(const std::string& station) {
    const Places places = source_.places();
    const time::SysTime now = clock_.Now();
    const Search search = [&](const catalog::Catalog& catalog) -> std::optional<LiveNext> {
        const auto present = LivePresent(catalog, station, kLiveLead, now);
        if (!present) return std::nullopt;
        return StartOf(FindLiveStart(catalog, places, station, *present));
    };
    const std::string key = fmt::format("present {}", station);
    co_return co_await FindOnce(key, station, search);
}

asio::awaitable<LiveFound> LiveHub::StartAt(const std::string& station, time::SysTime t) {
    const Places places = source_.places();
    const Search search = [&](const catalog::Catalog& catalog) {
        return StartOf(FindLiveStart(catalog, places, station, t));
    };
    co_return co_await Find(station, search);
}

/// For all who ask for the same until the next tick.
asio::awaitable<LiveFound> LiveHub::FindOnce(const std::string& key, const std::string& station,
                                             const Search& search) {
    if (const auto known = look_ups_.find(key); known != look_ups_.end()) {
        const std::shared_ptr<LookUp> look_up = known->second;
        if (!look_up->finished) co_await look_up->done.async_wait(kAwait);
        co_return look_up->found;
    }
    const auto look_up = std::make_shared<LookUp>(loop_);
    look_ups_.emplace(key, look_up);
    look_up->found = co_await Find(station, search);
    look_up->finished = true;
    look_up->done.cancel();
    co_return look_up->found;
}

/// What turns out to be lost is looked for once more: it is a gap then.
asio::awaitable<std::optional<LiveNext>> LiveHub::FindSettled(const Search& search, bool& ran) {
    std::optional<LiveNext> found;
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        if (catalog != nullptr) found = search(*catalog);
    };
    for (int attempts = kAttempts;; --attempts) {
        found.reset();
        ran = co_await reader_.Run(job);
        if (!found || !found->piece.in_cloud) co_return found;
        try {
            co_await source_.Settle(found->piece);
            co_return found;
        } catch (const CloudFailure& failure) {
            if (!failure.lost() || attempts == 0) throw;
        }
    }
}

/// A catalog that cannot be read is no reason to cut listeners off: they ask again.
asio::awaitable<LiveFound> LiveHub::Find(const std::string& station, const Search& search) {
    LiveFound result;
    try {
        bool ran = false;
        auto found = co_await FindSettled(search, ran);
        if (!ran) result.state = LiveFound::State::kBusy;
        if (found) result.step = std::make_shared<const LiveStep>(StepTo(std::move(*found)));
    } catch (const CatalogUnavailable&) {
        // The reader has told the log why.
        result.state = LiveFound::State::kUnavailable;
    } catch (const CloudFailure&) {
        // Likewise.
        result.state = LiveFound::State::kCloud;
    } catch (const std::exception& error) {
        log::warn("live: {}: cannot look for sound: {}", station, util::DescribeException(error));
        result.state = LiveFound::State::kUnavailable;
    }
    co_return result;
}

void LiveHub::TellOfLoss(const std::string& station, time::Micros lost) {
    ++losses_.listeners;
    losses_.station = station;
    losses_.lost = lost;
}

void LiveHub::LogLosses() {
    const time::SteadyTime now = clock_.Steady();
    if (losses_.listeners == 0 || now < losses_.told + kLossPause) return;
    log::warn("live: {}: a listener was too slow and has lost {} s; {} since the last such line",
              losses_.station, std::chrono::round<std::chrono::seconds>(losses_.lost).count(),
              losses_.listeners);
    losses_ = {};
    losses_.told = now;
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
        LogLosses();
        source_.files().LetGo();
        std::erase_if(look_ups_, [](const auto& look_up) { return look_up.second->finished; });
        waiting_.cancel();
        // On the grid again, but without making up for ticks that a slow disk took.
        const auto next = grid_.expiry() + kTick;
        grid_.expires_at(std::max(next, asio::steady_timer::clock_type::now()));
    }
}

asio::awaitable<void> LiveHub::Look() {
    const std::set<std::string> stations = std::exchange(wanted_, {});
    const std::set<std::string> titled = std::exchange(titles_wanted_, {});
    if (stations.empty() && titled.empty()) {
        newest_.clear();
        titles_.clear();
        co_return;
    }
    std::map<std::string, Newest> found;
    std::map<std::string, Titles> titles;
    const time::SysTime now = clock_.Now();
    const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
        if (catalog == nullptr) return;
        for (const std::string& station : stations) {
            found[station] =
                std::make_shared<const std::vector<Recorded>>(LoadNewest(*catalog, station, now));
        }
        for (const std::string& station : titled) {
            NewTitles newest{now - kTitleWindow, {}};
            newest.titles = catalog->TitlesBetween(station, newest.from, now + kFarAhead);
            titles[station] = std::make_shared<const NewTitles>(std::move(newest));
        }
    };
    try {
        const bool ran = co_await reader_.Run(job);
        if (ran) {
            newest_ = std::move(found);
            titles_ = std::move(titles);
        }
    } catch (const CatalogUnavailable&) {
        // The reader has told the log why.
    } catch (const std::exception& error) {
        log::warn("live: cannot look into the catalog: {}", util::DescribeException(error));
    }
}

}  // namespace aircheck::webapi

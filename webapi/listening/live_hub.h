// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/time/clock.h"
#include "common/timeline/timeline.h"
#include "webapi/catalog_reader.h"
#include "webapi/listening/live_follower.h"
#include "webapi/listening/live_search.h"
#include "webapi/listening/sound_source.h"

namespace aircheck::webapi {

/// All titles of a station since `from`, in order.
struct NewTitles {
    time::SysTime from;
    std::vector<catalog::Title> titles;
};

/// What a look-up came to.
struct LiveFound {
    enum class State { kLooked, kBusy, kUnavailable, kCloud };

    State state = State::kLooked;
    std::shared_ptr<const LiveStep> step;  // nullptr: there is nothing
};

/// What all live listeners share: a tick each second on one grid, one look into the catalog a tick
/// for each station that is listened to, and one for all who come at the same time, or to the end
/// of the same segment. Lives on the loop's thread.
class LiveHub {
public:
    using Newest = std::shared_ptr<const std::vector<timeline::Recorded>>;
    using Titles = std::shared_ptr<const NewTitles>;

    LiveHub(boost::asio::io_context& loop, const time::Clock& clock, const SoundSource& source);

    const SoundSource& source() const { return source_; }

    /// The station's newest segments, a second old at most where somebody asks each tick; nullptr
    /// before the first tick.
    Newest NewestOf(const std::string& station);

    /// Likewise its newest titles.
    Titles TitlesOf(const std::string& station);

    /// What follows all of `current`, as FindLiveNext.
    boost::asio::awaitable<LiveFound> NextAfter(const catalog::Segment& current);

    /// Where to begin for the present, as LivePresent; up to a second ago.
    boost::asio::awaitable<LiveFound> PresentOf(const std::string& station);

    /// Where to begin for the past, as FindLiveStart.
    boost::asio::awaitable<LiveFound> StartAt(const std::string& station, time::SysTime t);

    /// A listener has lost `lost` of the sound. The log gets a line for all of them, now and then.
    void TellOfLoss(const std::string& station, time::Micros lost);

    boost::asio::awaitable<void> NextTick();

    /// Whoever waits for the tick need not: he is about to be handed over.
    void Wake() {
        waiting_.cancel();
        source_.Wake();
    }

private:
    struct LookUp;
    using Search = std::function<std::optional<LiveNext>(const catalog::Catalog&)>;

    struct Losses {
        int listeners = 0;
        std::string station;  // of the last one
        time::Micros lost{};  // likewise
        time::SteadyTime told = time::SteadyTime::min();
    };

    boost::asio::awaitable<void> Run();
    boost::asio::awaitable<void> Look();
    boost::asio::awaitable<LiveFound> FindOnce(const std::string& key, const std::string& station,
                                               const Search& search);
    boost::asio::awaitable<LiveFound> Find(const std::string& station, const Search& search);
    boost::asio::awaitable<std::optional<LiveNext>> FindSettled(const Search& search, bool& ran);
    void LogLosses();

    boost::asio::io_context& loop_;
    const time::Clock& clock_;
    const SoundSource& source_;
    CatalogReader& reader_;
    boost::asio::steady_timer grid_;
    boost::asio::steady_timer waiting_;  // never expires: cancelled at each tick
    std::set<std::string> wanted_;       // since the last tick
    std::set<std::string> titles_wanted_;
    std::map<std::string, Newest> newest_;
    std::map<std::string, Titles> titles_;
    std::map<std::string, std::shared_ptr<LookUp>> look_ups_;  // since the last tick
    Losses losses_;
};

}  // namespace aircheck::webapi

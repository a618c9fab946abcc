// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/time/clock.h"
#include "common/timeline/timeline.h"
#include "webapi/catalog_reader.h"

namespace aircheck::webapi {

/// What all live listeners share: a tick each second on one grid, and one look into the catalog a
/// tick for each station that is listened to. Lives on the loop's thread.
class LiveHub {
public:
    using Newest = std::shared_ptr<const std::vector<timeline::Recorded>>;

    LiveHub(boost::asio::io_context& loop, const time::Clock& clock, CatalogReader& reader);

    /// The station's newest segments, a second old at most where somebody asks each tick; nullptr
    /// before the first tick.
    Newest NewestOf(const std::string& station);

    boost::asio::awaitable<void> NextTick();

    /// Whoever waits for the tick need not: he is about to be handed over.
    void Wake() { waiting_.cancel(); }

private:
    boost::asio::awaitable<void> Run();
    boost::asio::awaitable<void> Look();

    boost::asio::io_context& loop_;
    const time::Clock& clock_;
    CatalogReader& reader_;
    boost::asio::steady_timer grid_;
    boost::asio::steady_timer waiting_;  // never expires: cancelled at each tick
    std::set<std::string> wanted_;       // since the last tick
    std::map<std::string, Newest> newest_;
};

}  // namespace aircheck::webapi

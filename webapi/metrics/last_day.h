// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "common/coverage/coverage.h"
#include "common/time/clock.h"
#include "webapi/catalog_reader.h"

namespace aircheck::webapi {

/// What there is of each station's last 24 hours, looked up each minute behind everybody's back, so
/// that asking costs nothing. Lives on the loop's thread.
class LastDay {
public:
    struct Station {
        coverage::Sums sums;
        std::size_t holes = 0;
        std::size_t exact_splices = 0;
        std::size_t butt_splices = 0;
        std::optional<coverage::Hole> last_hole;
        time::SysTime first;  // of the station's sound, however long ago
    };

    /// The stations must outlive it.
    LastDay(boost::asio::io_context& loop, const time::Clock& clock, CatalogReader& reader,
            const std::vector<config::StationConfig>& stations);

    /// nullptr if it is not known, or nothing has been recorded yet.
    const Station* Find(std::string_view callsign) const;

private:
    boost::asio::awaitable<void> Run();
    boost::asio::awaitable<void> Look(std::string callsign);

    const time::Clock& clock_;
    CatalogReader& reader_;
    boost::asio::steady_timer timer_;
    const std::vector<config::StationConfig>& stations_;
    std::map<std::string, Station, std::less<>> known_;
};

}  // namespace aircheck::webapi

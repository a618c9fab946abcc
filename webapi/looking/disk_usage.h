// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "webapi/catalog_reader.h"

namespace aircheck::webapi {

/// How much the recordings take and what is left, counted each minute behind everybody's back, so
/// that asking costs nothing. Lives on the loop's thread.
class DiskUsage {
public:
    DiskUsage(boost::asio::io_context& loop, CatalogReader& reader,
              std::vector<std::string> stations);

    std::uint64_t used() const;  // bytes
    std::uint64_t UsedBy(std::string_view station) const;
    std::uint64_t stored() const;  // bytes in the cloud, whether or not they are here as well
    std::uint64_t free() const { return free_; }  // of the file system
    std::uint64_t total() const { return total_; }

private:
    boost::asio::awaitable<void> Run();
    boost::asio::awaitable<void> Count(std::string station);

    CatalogReader& reader_;
    boost::asio::steady_timer timer_;
    std::vector<std::string> stations_;
    std::map<std::string, std::uint64_t, std::less<>> used_;
    std::map<std::string, std::uint64_t, std::less<>> stored_;
    std::uint64_t free_ = 0;
    std::uint64_t total_ = 0;
};

}  // namespace aircheck::webapi

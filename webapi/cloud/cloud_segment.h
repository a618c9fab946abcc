// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/catalog/rows.h"
#include "common/time/clock.h"
#include "webapi/cloud/cache_file.h"

namespace aircheck::webapi {

/// A segment that is in the cloud, for all who read it here. Lives on the loop's thread.
class CloudSegment {
public:
    CloudSegment(boost::asio::io_context& loop, const catalog::Segment& segment,
                 std::filesystem::path path);

    const std::string& object() const { return object_; }

    /// Of its cache file; -1 before anything of it is here.
    int fd() const { return file_ ? file_->fd() : -1; }

    /// How many bytes from `offset` on, up to `size`, are here; 0, too, as long as the setup is
    /// not, without which no other byte of Ogg is of any use.
    std::uint64_t Here(std::uint64_t offset, std::uint64_t size) const;

private:
    friend class CloudReader;

    enum class Block : std::uint8_t { kUnknown, kWanted, kHere };

    bool Has(std::uint64_t from, std::uint64_t to) const;

    /// The first one of [offset, offset + size) that is not here.
    std::size_t FirstMissing(std::uint64_t offset, std::uint64_t size) const;

    const std::string station_;
    const std::string object_;
    const std::uint64_t bytes_;
    const std::uint64_t setup_bytes_;
    const std::filesystem::path path_;
    std::shared_ptr<CacheFile> file_;
    bool opening_ = false;
    std::vector<Block> blocks_;
    int failures_ = 0;
    time::SteadyTime touched_ = time::SteadyTime::min();
    boost::asio::steady_timer changed_;  // never expires: cancelled then
};

}  // namespace aircheck::webapi

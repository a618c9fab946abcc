// SPDX-License-Identifier: MIT
#include "webapi/looking/disk_usage.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <filesystem>

#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::minutes kInterval{1};

}  // namespace

DiskUsage::DiskUsage(asio::io_context& loop, CatalogReader& reader,
                     std::vector<std::string> stations)
    : reader_(reader), timer_(loop), stations_(std::move(stations)) {
    asio::co_spawn(loop, Run(), [](const std::exception_ptr& error) {
        if (error) log::error("disk: {}", util::DescribeException(error));
    });
}

std::uint64_t DiskUsage::used() const {
    std::uint64_t sum = 0;
    for (const auto& [station, bytes] : used_) sum += bytes;
    return sum;
}

std::uint64_t DiskUsage::stored() const {
    std::uint64_t sum = 0;
    for (const auto& [station, bytes] : stored_) sum += bytes;
    return sum;
}

std::uint64_t DiskUsage::UsedBy(std::string_view station) const {
    const auto found = used_.find(station);
    return found == used_.end() ? 0 : found->second;
}

asio::awaitable<void> DiskUsage::Run() {
    for (;;) {
        // A job each, so that listeners' look-ups get their turns between.
        for (const std::string& station : stations_) co_await Count(station);
        timer_.expires_after(kInterval);
        const auto [error] = co_await timer_.async_wait(kAwait);
        if (error) co_return;
    }
}

asio::awaitable<void> DiskUsage::Count(std::string station) {
    std::uint64_t bytes = 0;
    std::uint64_t stored = 0;
    std::filesystem::space_info space{};
    // The job may outlive this object while the program ends, but not this frame.
    const std::filesystem::path root = reader_.layout().root();
    const CatalogReader::Job job = [&bytes, &stored, &space, &root, &station](const auto* catalog) {
        std::error_code error;
        const auto answer = std::filesystem::space(root, error);
        if (!error) space = answer;
        if (catalog == nullptr) return;
        for (const auto& segment : catalog->AllSegments(station)) {
            if (segment.state != catalog::SegmentState::kUploaded) bytes += segment.bytes;
            if (!segment.object.empty()) stored += segment.bytes;
        }
    };
    try {
        const bool ran = co_await reader_.Run(job);
        if (!ran) co_return;
        used_[station] = bytes;
        stored_[station] = stored;
        free_ = space.available;
        total_ = space.capacity;
    } catch (const CatalogUnavailable&) {
        // The reader has told the log why.
    } catch (const std::exception& error) {
        log::warn("{}: cannot count what is recorded: {}", station, util::DescribeException(error));
    }
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/cloud/object_store.h"
#include "common/storage/paths.h"
#include "proto/messages.h"

namespace aircheck::pruner {

/// What is done to the archive because somebody has asked for it: reindexing and renaming. Lives on
/// the loop's thread, and until the loop has ended; the disk is touched on other threads.
class Chores {
public:
    using Answer = std::function<void(const proto::Answer&)>;

    /// Opens the configured cloud; an empty function where there is none.
    using OpenCloud =
        std::function<std::unique_ptr<cloud::ObjectStore>(const std::atomic<bool>& quit)>;

    /// `retention`: the thread that removes segments, which must not be renamed meanwhile. Both
    /// outlive this.
    Chores(boost::asio::io_context& loop, boost::asio::thread_pool& retention,
           storage::Layout layout, std::string name, Answer answer, OpenCloud open);

    /// Whether this is one of them.
    static bool IsOne(const proto::Command& command);

    void Do(const proto::Command& command);

    /// Breaks off what is being done. Calls `finished` when nothing is left.
    void Stop(std::function<void()> finished);

private:
    proto::Answer Run(const proto::Command& command);
    proto::Answer Reindex(const std::string& station);
    std::vector<std::string> StationsEverywhere(cloud::ObjectStore* store,
                                                const std::string& origin) const;
    proto::Answer Rename(const std::string& station);
    void OnDone(const proto::Answer& answer);

    boost::asio::io_context& loop_;
    boost::asio::thread_pool& retention_;
    const storage::Layout layout_;
    const std::string name_;
    const Answer answer_;
    const OpenCloud open_;
    std::atomic<bool> stopping_ = false;
    int running_ = 0;
    std::function<void()> finished_;
    boost::asio::thread_pool reading_{1};  // last: joined before anything that it uses is gone
};

}  // namespace aircheck::pruner

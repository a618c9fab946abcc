// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "common/archive/splicer.h"
#include "common/catalog/catalog.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"

namespace aircheck::downloader {

/// Looks after what other processes recorded of our stations: finishes what dead ones left, and
/// tells of each take that has ended lately, so that it is found where it goes on. On a thread of
/// its own, because all of it blocks on the disk.
class TakeWatch {
public:
    /// Called on the loop, for takes of `stations` only.
    using OnEnded = std::function<void(const std::string& station, archive::KnownTake take)>;

    TakeWatch(boost::asio::io_context& loop, storage::Layout layout, std::set<std::string> stations,
              const time::Clock& clock, OnEnded on_ended);
    TakeWatch(const TakeWatch&) = delete;
    TakeWatch& operator=(const TakeWatch&) = delete;
    ~TakeWatch();

private:
    struct Shared;

    void Run();
    bool Repair(catalog::Catalog& catalog);
    void Look(catalog::Catalog& catalog);
    bool Quit(std::chrono::milliseconds wait);

    std::shared_ptr<Shared> shared_;
    const storage::Layout layout_;
    const std::set<std::string> stations_;
    const time::Clock& clock_;
    std::set<std::string> told_;  // takes
    std::mutex mutex_;
    std::condition_variable wake_;
    bool quit_ = false;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace aircheck::downloader

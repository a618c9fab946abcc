// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "common/cloud/object_store.h"
#include "webapi/cloud/cache_file.h"
#include "webapi/cloud/cache_room.h"

namespace aircheck::webapi {

/// Blocks of an object that are wanted in its cache file.
struct Fetch {
    std::string object;
    std::uint64_t bytes = 0;  // that it has to have
    std::filesystem::path path;
    std::shared_ptr<CacheFile> file;  // nullptr: to be opened first
    std::size_t first = 0;
    std::size_t count = 0;
    std::weak_ptr<void> reader;  // once it is gone, nobody wants them any more
};

/// What becomes of a Fetch.
class FetchWitness {
public:
    virtual ~FetchWitness() = default;

    /// The file is open, before anything else is told of it.
    virtual void Opened(const std::weak_ptr<void>& reader, std::shared_ptr<CacheFile> file) = 0;

    /// A block is in the file: it has been fetched, or it was there already.
    virtual void Arrived(const std::weak_ptr<void>& reader, std::size_t block, bool fetched) = 0;

    /// Nothing follows. What has not arrived will not.
    virtual void Ended(const Fetch& fetch, const std::optional<cloud::CloudError>& error) = 0;
};

/// Threads that read objects, each by a store of its own; started when they are needed first. What
/// somebody waits for goes before what is fetched ahead. `Add` and `Hasten` are for one thread; the
/// witness is told on those of the fetcher, and outlives it.
class Fetcher {
public:
    using MakeStore =
        std::function<std::unique_ptr<cloud::ObjectStore>(const std::atomic<bool>& quit)>;

    static constexpr std::size_t kThreads = 4;
    static constexpr std::size_t kMostAhead = 256;

    Fetcher(MakeStore make_store, CacheRoom& room, FetchWitness& witness);
    Fetcher(const Fetcher&) = delete;
    ~Fetcher();

    /// False if too much is fetched ahead already.
    bool Add(Fetch fetch, bool urgent);

    /// Somebody waits for this block, which has been added for `reader`.
    void Hasten(const std::shared_ptr<void>& reader, std::size_t block);

private:
    class Worker;

    void Work();
    std::optional<Fetch> Next();

    const MakeStore make_store_;
    CacheRoom& room_;
    FetchWitness& witness_;
    std::atomic<bool> quit_ = false;
    std::atomic<int> failures_ = 0;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::list<Fetch> urgent_;
    std::list<Fetch> ahead_;
    std::vector<std::thread> threads_;
};

}  // namespace aircheck::webapi

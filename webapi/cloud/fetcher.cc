// SPDX-License-Identifier: MIT
#include "webapi/cloud/fetcher.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "common/util/error.h"

namespace aircheck::webapi {

using cloud::CloudError;
using Kind = CloudError::Kind;

namespace {

/// Who is cut off sooner each time does not get on.
constexpr std::uint64_t kWorthReading = 4096;

}  // namespace

/// One thread's work.
class Fetcher::Worker {
public:
    explicit Worker(Fetcher& fetcher) : fetcher_(fetcher) {}

    void Run(Fetch fetch) {
        std::optional<CloudError> error;
        try {
            Open(fetch);
            FetchBlocks(fetch);
        } catch (const CloudError& failure) {
            error = failure;
        } catch (const std::exception& failure) {
            error = CloudError(Kind::kDown, util::DescribeException(failure));
        }
        // Another connection may do better. Those of other threads may be as dead as this one.
        if (error) ++fetcher_.failures_;
        fetcher_.witness_.Ended(fetch, error);
    }

private:
    void Open(Fetch& fetch) {
        if (fetch.file) return;
        if (!std::filesystem::exists(fetch.path)) Examine(fetch);
        fetch.file = std::make_shared<CacheFile>(fetch.path, fetch.bytes);
        fetcher_.witness_.Opened(fetch.reader, fetch.file);
    }

    /// Once for what has not been read before: a range of it would not tell.
    void Examine(const Fetch& fetch) {
        const auto found = Store().Find(fetch.object);
        if (found && found->bytes == fetch.bytes) return;
        if (!found) throw CloudError(Kind::kMissing, "there is no object " + fetch.object);
        throw CloudError(Kind::kChanged, fetch.object + " has another size");
    }

    /// Those that are not there, as many at once as follow one another.
    void FetchBlocks(const Fetch& fetch) {
        std::size_t from = fetch.first;  // of those that are missing
        const std::size_t end = fetch.first + fetch.count;
        for (std::size_t block = fetch.first; block < end; ++block) {
            if (!fetch.file->Holds(block, buffer_)) continue;
            FetchRun(fetch, from, block);
            from = block + 1;
            fetcher_.witness_.Arrived(fetch.reader, block, false);
        }
        FetchRun(fetch, from, end);
    }

    void FetchRun(const Fetch& fetch, std::size_t from, std::size_t to) {
        if (from >= to) return;
        const std::uint64_t offset = from * CacheFile::kBlockBytes;
        const std::uint64_t size = std::min(to * CacheFile::kBlockBytes, fetch.bytes) - offset;
        if (!fetcher_.room_.Take(size))
            throw CloudError(Kind::kDown, "there is no room on the disk to keep what is read");
        filled_ = 0;
        std::size_t block = from;
        while (block < to) {
            const std::uint64_t done = (block - from) * CacheFile::kBlockBytes + filled_;
            ReadOn(fetch, offset + done, size - done, [&](std::span<const std::byte> data) {
                while (!data.empty() && block < to) block += Fill(fetch, block, data);
            });
        }
    }

    /// All of it, or as much as came before the connection was lost, if that was worth the while.
    void ReadOn(const Fetch& fetch, std::uint64_t offset, std::uint64_t size,
                const cloud::Sink& sink) {
        std::uint64_t got = 0;
        try {
            Store().Read(fetch.object, offset, size, [&](std::span<const std::byte> data) {
                got += data.size();
                sink(data);
            });
            if (got < size) throw CloudError(Kind::kChanged, fetch.object + " is shorter");
        } catch (const CloudError& error) {
            if (error.kind() != Kind::kDown || got < kWorthReading || fetcher_.quit_) throw;
            store_.reset();
        }
    }

    /// Takes of the front of `data`. Answers how many blocks became whole: 0 or 1.
    std::size_t Fill(const Fetch& fetch, std::size_t block, std::span<const std::byte>& data) {
        const std::size_t size = fetch.file->BlockSize(block);
        const std::size_t taken = std::min(data.size(), size - filled_);
        std::ranges::copy(data.first(taken),
                          buffer_.begin() + static_cast<std::ptrdiff_t>(filled_));
        data = data.subspan(taken);
        filled_ += taken;
        if (filled_ < size) return 0;
        fetch.file->Write(block, std::span(buffer_).first(size));
        fetcher_.witness_.Arrived(fetch.reader, block, true);
        filled_ = 0;
        return 1;
    }

    cloud::ObjectStore& Store() {
        if (const int failures = fetcher_.failures_; failures != failures_) {
            failures_ = failures;
            store_.reset();
        }
        if (!store_) store_ = fetcher_.make_store_(fetcher_.quit_);
        return *store_;
    }

    Fetcher& fetcher_;
    std::unique_ptr<cloud::ObjectStore> store_;
    int failures_ = 0;  // of any thread, before it was opened
    std::vector<std::byte> buffer_ = std::vector<std::byte>(CacheFile::kBlockBytes);
    std::size_t filled_ = 0;  // of the buffer
};

Fetcher::Fetcher(MakeStore make_store, CacheRoom& room, FetchWitness& witness)
    : make_store_(std::move(make_store)), room_(room), witness_(witness) {}

Fetcher::~Fetcher() {
    {
        const std::lock_guard lock(mutex_);
        quit_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

bool Fetcher::Add(Fetch fetch, bool urgent) {
    {
        const std::lock_guard lock(mutex_);
        if (!urgent && ahead_.size() >= kMostAhead) return false;
        (urgent ? urgent_ : ahead_).push_back(std::move(fetch));
    }
    if (threads_.empty())
        for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { Work(); });
    wake_.notify_one();
    return true;
}

void Fetcher::Hasten(const std::shared_ptr<void>& reader, std::size_t block) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(ahead_, [&](const Fetch& fetch) {
        return block >= fetch.first && block < fetch.first + fetch.count &&
               fetch.reader.lock() == reader;
    });
    if (found != ahead_.end()) urgent_.splice(urgent_.end(), ahead_, found);
}

std::optional<Fetch> Fetcher::Next() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return quit_ || !urgent_.empty() || !ahead_.empty(); });
    if (quit_) return std::nullopt;
    std::list<Fetch>& queue = urgent_.empty() ? ahead_ : urgent_;
    Fetch fetch = std::move(queue.front());
    queue.pop_front();
    return fetch;
}

void Fetcher::Work() {
    Worker worker(*this);
    while (std::optional<Fetch> fetch = Next())
        if (!fetch->reader.expired()) worker.Run(std::move(*fetch));
}

}  // namespace aircheck::webapi

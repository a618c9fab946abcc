// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include "common/cloud/object_store.h"
#include "common/time/clock.h"

namespace aircheck::test {

/// A cloud in memory, with faults as told. Any thread may tell and look; stores come and go.
class FakeCloud {
public:
    static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

    std::atomic<bool> down = false;
    std::atomic<bool> refuses = false;
    std::atomic<std::chrono::milliseconds> delay{};   // before each call
    std::atomic<std::uint64_t> cut_read_at = kNever;  // bytes of each Read, then kDown
    std::atomic<std::uint64_t> cut_put_at = kNever;   // bytes of each Put, then kDown
    std::atomic<bool> loses_answer = false;  // what changes something succeeds and says kDown
    std::atomic<int> calls = 0;
    std::atomic<int> puts = 0;  // that stored something
    std::atomic<std::uint64_t> bytes_read = 0;

    /// What is stored, behind every store's back. Also changes the etag, as services do.
    void Set(const std::string& key, std::string body) {
        const std::lock_guard lock(mutex_);
        Store(key, std::move(body));
    }

    std::optional<std::string> Get(const std::string& key) const {
        const std::lock_guard lock(mutex_);
        const auto found = objects_.find(key);
        if (found == objects_.end()) return std::nullopt;
        return found->second.body;
    }

    void Lose(const std::string& key) {
        const std::lock_guard lock(mutex_);
        objects_.erase(key);
    }

    std::vector<std::string> Keys() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> keys;
        for (const auto& [key, object] : objects_) keys.push_back(key);
        return keys;
    }

    void SetModified(const std::string& key, time::SysTime modified) {
        const std::lock_guard lock(mutex_);
        objects_.at(key).info.modified = modified;
    }

private:
    friend class FakeStore;

    struct Object {
        cloud::ObjectInfo info;
        std::string body;
    };

    cloud::ObjectInfo Store(const std::string& key, std::string body) {
        Object& object = objects_[key];
        object.info = {key, body.size(), "\"" + std::to_string(++version_) + "\"",
                       std::chrono::floor<time::Micros>(std::chrono::system_clock::now())};
        object.body = std::move(body);
        return object.info;
    }

    mutable std::mutex mutex_;
    std::map<std::string, Object> objects_;
    int version_ = 0;
};

/// One thread's way to a FakeCloud, which outlives it.
class FakeStore final : public cloud::ObjectStore {
public:
    explicit FakeStore(FakeCloud& cloud, const std::atomic<bool>* quit = nullptr)
        : cloud_(cloud), quit_(quit) {}

    cloud::ObjectInfo Put(const std::string& key, int file, std::uint64_t bytes,
                          const cloud::Digests& digests) override {
        Begin();
        std::string body(bytes, '\0');
        const ssize_t got = ::pread(file, body.data(), body.size(), 0);
        if (got < 0 || static_cast<std::uint64_t>(got) != bytes ||
            cloud::Sha256Of(body) != digests.sha256)
            throw cloud::CloudError(Kind::kChanged, "the file is not what its digest says");
        if (bytes > cloud_.cut_put_at) throw Cut();
        const std::lock_guard lock(cloud_.mutex_);
        return Stored(key, std::move(body));
    }

    std::optional<cloud::ObjectInfo> Find(const std::string& key) override {
        Begin();
        const std::lock_guard lock(cloud_.mutex_);
        const auto found = cloud_.objects_.find(key);
        if (found == cloud_.objects_.end()) return std::nullopt;
        return found->second.info;
    }

    void Read(const std::string& key, std::uint64_t offset, std::uint64_t size,
              const cloud::Sink& sink) override {
        Begin();
        const auto body = cloud_.Get(key);
        if (!body) throw cloud::CloudError(Kind::kMissing, "there is no object " + key);
        const std::uint64_t there = offset < body->size() ? body->size() - offset : 0;
        const std::uint64_t given = std::min({size, there, cloud_.cut_read_at.load()});
        for (std::uint64_t done = 0; done < given;) {
            const auto piece = std::min<std::uint64_t>(kPiece, given - done);
            cloud_.bytes_read += piece;
            sink(std::as_bytes(std::span(*body).subspan(offset + done, piece)));
            done += piece;
        }
        if (given == size) return;
        if (given == there) throw cloud::CloudError(Kind::kChanged, key + " is shorter");
        throw Cut();
    }

    void Remove(const std::string& key) override {
        Begin();
        cloud_.Lose(key);
        if (cloud_.loses_answer) throw Cut();
    }

    void List(const std::string& prefix, const cloud::Lister& each) override {
        Begin();
        std::vector<cloud::ObjectInfo> found;
        {
            const std::lock_guard lock(cloud_.mutex_);
            for (const auto& [key, object] : cloud_.objects_) {
                if (key.starts_with(prefix)) found.push_back(object.info);
            }
        }
        for (const auto& info : found) {
            if (!each(info)) return;
        }
    }

    std::optional<cloud::ObjectInfo> PutIf(const std::string& key, std::string_view body,
                                           const std::optional<std::string>& etag) override {
        Begin();
        const std::lock_guard lock(cloud_.mutex_);
        const auto found = cloud_.objects_.find(key);
        const bool there = found != cloud_.objects_.end();
        if (there != etag.has_value() || (there && found->second.info.etag != *etag))
            return std::nullopt;
        return Stored(key, std::string(body));
    }

    bool Matches(const std::string& key, std::uint64_t bytes,
                 const cloud::Sha256& digest) override {
        Begin();
        const auto body = cloud_.Get(key);
        return body && body->size() == bytes && cloud::Sha256Of(*body) == digest;
    }

private:
    using Kind = cloud::CloudError::Kind;
    static constexpr std::uint64_t kPiece = 16 << 10;

    void Begin() {
        ++cloud_.calls;
        cloud_.calls.notify_all();
        const auto until = std::chrono::steady_clock::now() + cloud_.delay.load();
        do {
            if (quit_ && *quit_) throw cloud::CloudError(Kind::kStopped, "stopped");
            std::this_thread::sleep_for(std::chrono::milliseconds{cloud_.delay.load().count() > 0});
        } while (std::chrono::steady_clock::now() < until);
        if (cloud_.down) throw cloud::CloudError(Kind::kDown, "the cloud is down");
        if (cloud_.refuses) throw cloud::CloudError(Kind::kRefused, "the credentials are refused");
    }

    /// With the lock held.
    cloud::ObjectInfo Stored(const std::string& key, std::string body) {
        ++cloud_.puts;
        auto info = cloud_.Store(key, std::move(body));
        if (cloud_.loses_answer) throw Cut();
        return info;
    }

    static cloud::CloudError Cut() { return {Kind::kDown, "the connection was lost"}; }

    FakeCloud& cloud_;
    const std::atomic<bool>* const quit_;
};

}  // namespace aircheck::test

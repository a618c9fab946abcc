// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/cloud/digest.h"
#include "common/cloud/error.h"
#include "common/time/clock.h"

namespace aircheck::cloud {

struct ObjectInfo {
    std::string key;
    std::uint64_t bytes = 0;
    std::string etag;        // changes with the object; compare it, read nothing into it
    time::SysTime modified;  // by the service's clock

    bool operator==(const ObjectInfo&) const = default;
};

/// Takes bytes as they arrive, in order. It may block as long as it likes, and what it throws ends
/// the transfer and reaches whoever asked for it.
using Sink = std::function<void(std::span<const std::byte>)>;

/// Takes what a list finds; false ends the list.
using Lister = std::function<bool(const ObjectInfo&)>;

/// Whole objects by key, in a bucket, a container or a folder. Keys are relative, with '/' between
/// their parts, as the segment paths of the catalog are.
///
/// Calls block: for worker threads. One thread at a time, and several threads have an instance
/// each; connections stay open from call to call. Retries are the caller's. Everything throws
/// CloudError.
class ObjectStore {
public:
    ObjectStore() = default;
    ObjectStore(const ObjectStore&) = delete;
    ObjectStore& operator=(const ObjectStore&) = delete;
    virtual ~ObjectStore() = default;

    /// The first `bytes` of `file`, whose digests the caller knows. Returns when the object is
    /// whole at `key`, its size and checksum verified as far as the service can; what was there is
    /// replaced. The name appears only when whole: whatever goes wrong, what was there before is
    /// there still, or the whole new object is. kChanged if the file is not what the digests say.
    virtual ObjectInfo Put(const std::string& key, int file, std::uint64_t bytes,
                           const Digests& digests) = 0;

    virtual std::optional<ObjectInfo> Find(const std::string& key) = 0;

    /// Bytes [offset, offset + size), in order, to `sink`. kMissing if there is no such object,
    /// kChanged if it is shorter: some bytes may have been given then.
    virtual void Read(const std::string& key, std::uint64_t offset, std::uint64_t size,
                      const Sink& sink) = 0;

    /// One that is not there is no error.
    virtual void Remove(const std::string& key) = 0;

    /// Every object whose key begins with `prefix`, which is empty or ends in '/'; in no promised
    /// order. What changes meanwhile may or may not be seen. Other calls may be made from `each`
    /// only once the list has ended.
    virtual void List(const std::string& prefix, const Lister& each) = 0;

    /// A small object, only if what is there has this etag (nullopt: only if nothing is there);
    /// nullopt if that is not so. For leases: of several who do this at once, one wins.
    virtual std::optional<ObjectInfo> PutIf(const std::string& key, std::string_view body,
                                            const std::optional<std::string>& etag) = 0;

    /// Reads again what is stored and compares; false if it is not there or another.
    virtual bool Matches(const std::string& key, std::uint64_t bytes, const Sha256& digest) = 0;
};

}  // namespace aircheck::cloud

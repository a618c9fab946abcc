// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/storage/paths.h"

namespace aircheck::archive {

/// The cloud does not answer: what it has stays unknown until a later call.
class CloudUnavailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// What the cloud has of one station of this storage.
struct StoredSegments {
    struct Object {
        std::string key;
        storage::SegmentName name;
        std::uint64_t bytes = 0;
    };
    using Sink = std::function<void(std::span<const std::byte>)>;

    std::vector<Object> objects;
    std::vector<std::string> foreign;  // keys of what is none of ours

    /// All bytes of an object, in order. Throws CloudUnavailable, and something else if the object
    /// is gone or another one.
    std::function<void(const Object&, const Sink&)> read;

    /// Why there is no list; "" if there is one.
    std::string unavailable;
};

/// Asks the cloud. Never throws; an empty function where there is no cloud.
using ListStored = std::function<StoredSegments(const std::string& station)>;

}  // namespace aircheck::archive

// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "common/cloud/object_store.h"
#include "common/config/config.h"

namespace aircheck::cloud {

struct StoreOptions {
    /// Ends what is being done, within a second or so, with kStopped. Outlives the store.
    const std::atomic<bool>* quit = nullptr;

    std::chrono::milliseconds connect_timeout{15'000};

    /// Without a byte moved for so long, and without an answer for so long, a service is down.
    std::chrono::milliseconds stall_timeout{30'000};

    /// Of uploads; 0: as fast as it goes.
    std::uint64_t bytes_per_second = 0;

    /// What is larger is sent in parts of this size, where the service has such. Amazon takes no
    /// less than 5 MiB and no more than 10,000 of them.
    std::uint64_t part_bytes = std::uint64_t{64} << 20;

    /// So many objects of a list at a time, where the service has pages.
    int page = 1000;
};

/// The store that the configuration names. Nothing is connected yet: what is wrong with the
/// service shows in the first call. Throws CloudError (kRefused) for options that cannot be used.
std::unique_ptr<ObjectStore> OpenStore(const config::CloudConfig& config,
                                       const StoreOptions& options);

}  // namespace aircheck::cloud

// SPDX-License-Identifier: MIT
#include "common/cloud/read_back.h"

namespace aircheck::cloud {

bool MatchesWhenRead(ObjectStore& store, const std::string& key, std::uint64_t bytes,
                     const Sha256& digest) {
    using Kind = CloudError::Kind;
    const auto info = store.Find(key);
    if (!info || info->bytes != bytes) return false;
    Hasher<Sha256> hasher;
    try {
        if (bytes > 0)
            store.Read(key, 0, bytes, [&](std::span<const std::byte> data) { hasher.Add(data); });
    } catch (const CloudError& error) {
        // Gone or cut short since it was found.
        if (error.kind() == Kind::kMissing || error.kind() == Kind::kChanged) return false;
        throw;
    }
    return hasher.Finish() == digest;
}

CloudError::Kind KindOfMismatch(int file, std::uint64_t bytes, const Sha256& digest) {
    return Sha256Of(file, bytes) == digest ? CloudError::Kind::kDown : CloudError::Kind::kChanged;
}

}  // namespace aircheck::cloud

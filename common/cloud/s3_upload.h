// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/cloud/s3_client.h"

namespace aircheck::cloud {

/// One upload in parts. The object appears when all are there; whatever goes wrong, the parts are
/// taken back, and what an earlier upload of this key has left (its process was killed) goes first.
class S3Upload {
public:
    S3Upload(S3Client& client, std::string key) : client_(client), key_(std::move(key)) {}

    /// Answers the ETag that it should have.
    std::string Put(int file, std::uint64_t bytes, const Sha256& digest, std::uint64_t part_bytes);

private:
    void AbortLeftovers();
    void Begin();
    void PutPart(int file, std::uint64_t offset, std::uint64_t size);
    void Complete();
    void Abort() noexcept;

    S3Client& client_;
    const std::string key_;
    std::string id_;
    std::vector<std::string> etags_;  // as the service said
    std::vector<Md5> digests_;
    Hasher<Sha256> whole_;
};

}  // namespace aircheck::cloud

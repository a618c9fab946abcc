// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/cloud/object_store.h"
#include "common/cloud/s3_client.h"

namespace aircheck::cloud {

/// A bucket of Amazon S3 or of anything that speaks its protocol. What is uploaded is checked by
/// the service against the signed SHA-256; not every compatible one does, so that the ETag is
/// compared as well and, where it is no MD5, the object read back.
class S3Store final : public ObjectStore {
public:
    S3Store(const config::CloudConfig& config, const StoreOptions& options)
        : client_(config, options), part_bytes_(options.part_bytes), page_(options.page) {}

    ObjectInfo Put(const std::string& key, int file, std::uint64_t bytes,
                   const Digests& digests) override;
    std::optional<ObjectInfo> Find(const std::string& key) override;
    void Read(const std::string& key, std::uint64_t offset, std::uint64_t size,
              const Sink& sink) override;
    void Remove(const std::string& key) override;
    void List(const std::string& prefix, const Lister& each) override;

    /// Services that ignore conditions are told by looking before and after, which leaves a gap of
    /// one request in which two may both win.
    std::optional<ObjectInfo> PutIf(const std::string& key, std::string_view body,
                                    const std::optional<std::string>& etag) override;
    bool Matches(const std::string& key, std::uint64_t bytes, const Sha256& digest) override;

private:
    std::string PutWhole(const std::string& key, int file, std::uint64_t bytes,
                         const Digests& digests);

    S3Client client_;
    const std::uint64_t part_bytes_;
    const int page_;
};

}  // namespace aircheck::cloud

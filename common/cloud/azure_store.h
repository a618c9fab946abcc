// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/cloud/azure_client.h"
#include "common/cloud/object_store.h"

namespace aircheck::cloud {

/// Block blobs in a container of Azure Blob. The service refuses what does not arrive with the MD5
/// that it was announced with. Blocks that were not put together are nothing yet, and go by
/// themselves after a week.
class AzureStore final : public ObjectStore {
public:
    AzureStore(const config::CloudConfig& config, const StoreOptions& options)
        : client_(config, options), part_bytes_(options.part_bytes), page_(options.page) {}

    ObjectInfo Put(const std::string& key, int file, std::uint64_t bytes,
                   const Digests& digests) override;
    std::optional<ObjectInfo> Find(const std::string& key) override;
    void Read(const std::string& key, std::uint64_t offset, std::uint64_t size,
              const Sink& sink) override;
    void Remove(const std::string& key) override;
    void List(const std::string& prefix, const Lister& each) override;
    std::optional<ObjectInfo> PutIf(const std::string& key, std::string_view body,
                                    const std::optional<std::string>& etag) override;
    bool Matches(const std::string& key, std::uint64_t bytes, const Sha256& digest) override;

private:
    void PutWhole(const std::string& key, int file, std::uint64_t bytes, const Digests& digests);
    void PutBlocks(const std::string& key, int file, std::uint64_t bytes, const Sha256& digest);

    AzureClient client_;
    const std::uint64_t part_bytes_;
    const int page_;
};

}  // namespace aircheck::cloud

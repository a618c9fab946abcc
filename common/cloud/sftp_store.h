// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/cloud/object_store.h"
#include "common/cloud/sftp_client.h"

namespace aircheck::cloud {

/// Files below a folder of an SFTP server. They are written to a folder of their own, read back,
/// and get their name then. This protocol cannot replace a file in one step: for a moment there is
/// none; and no key can be another's folder. Files whose names begin with a dot are no objects.
class SftpStore final : public ObjectStore {
public:
    SftpStore(const config::CloudConfig& config, const StoreOptions& options)
        : client_(config, options) {}

    ObjectInfo Put(const std::string& key, int file, std::uint64_t bytes,
                   const Digests& digests) override;

    /// The ETag of a small object is made of its content, of a large one of size and time.
    std::optional<ObjectInfo> Find(const std::string& key) override;
    void Read(const std::string& key, std::uint64_t offset, std::uint64_t size,
              const Sink& sink) override;
    void Remove(const std::string& key) override;

    /// Without ETags.
    void List(const std::string& prefix, const Lister& each) override;

    /// Nullopt as well while another is at the same key. One that died there is waited for, for a
    /// minute.
    std::optional<ObjectInfo> PutIf(const std::string& key, std::string_view body,
                                    const std::optional<std::string>& etag) override;
    bool Matches(const std::string& key, std::uint64_t bytes, const Sha256& digest) override;

private:
    class Temporary;

    void SweepOnce();
    void MakeFoldersOf(const std::string& key);
    void GiveName(const std::string& temporary, const std::string& key);
    bool Lock(const std::string& lock);
    std::optional<ObjectInfo> PutLocked(const std::string& key, std::string_view body,
                                        const std::optional<std::string>& etag);
    bool ListFolder(const std::string& folder, int depth, const Lister& each);

    SftpClient client_;
    bool swept_ = false;
};

}  // namespace aircheck::cloud

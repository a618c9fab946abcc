// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/cloud/object_store.h"
#include "common/cloud/sftp_listing.h"
#include "common/cloud/transfer.h"
#include "common/config/config.h"

namespace aircheck::cloud {

/// Files and folders of one SFTP server, over a connection that stays open. The server's host key
/// has to be in the known_hosts file. Paths are relative to the configured one. One thread.
class SftpClient {
public:
    /// What a folder's listing may take in memory.
    static constexpr std::size_t kMaxListingBytes = 64 << 20;

    /// Throws CloudError for options that cannot be used.
    SftpClient(const config::CloudConfig& config, const StoreOptions& options);

    struct Stat {
        std::uint64_t bytes = 0;
        std::int64_t modified = 0;  // Unix time
    };

    /// Nullopt if it is not there.
    std::optional<Stat> Find(const std::string& path);

    /// Over what is there; folders are made.
    void Write(const std::string& path, Body& body);

    /// As ObjectStore::Read.
    void Read(const std::string& path, std::uint64_t offset, std::uint64_t size, const Sink& sink);

    /// False if the server refuses, which it does not say why. Of Rename also if the new name
    /// exists, of MakeFolder if it does.
    bool Rename(const std::string& from, const std::string& to);
    bool Remove(const std::string& path);
    bool MakeFolder(const std::string& path);
    bool RemoveFolder(const std::string& path);

    /// What is in a folder; nothing if there is none.
    std::vector<SftpEntry> ListFolder(const std::string& path);

    Transfer& transfer() { return transfer_; }
    CloudError Error(CloudError::Kind kind, const std::string& what) const {
        return transfer_.Error(kind, what);
    }

private:
    void Prepare(const std::string& path, const std::string& ending = {});
    bool Command(const std::string& command);
    std::string Quoted(const std::string& path) const;

    const std::string root_;  // ends in '/'; relative to the user's own folder without one in front
    const std::string server_;  // "sftp://host:22"
    const std::string user_;
    const std::string password_;
    const std::string key_file_;
    const std::string known_hosts_;
    Transfer transfer_;
};

}  // namespace aircheck::cloud

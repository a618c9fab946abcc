// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "common/cloud/object_store.h"
#include "common/storage/quiet_io.h"
#include "common/util/unique_fd.h"

namespace aircheck::pruner {

/// The first `bytes` of a file, read once for their digests, so that others hardly notice.
class FileToUpload {
public:
    /// Throws std::system_error if the file cannot be read, and std::runtime_error if it is
    /// shorter than that.
    FileToUpload(std::filesystem::path path, std::uint64_t bytes);

    const std::filesystem::path& path() const { return path_; }
    int fd() const { return file_.get(); }
    std::uint64_t bytes() const { return bytes_; }
    const cloud::Digests& digests() const { return digests_; }

private:
    const std::filesystem::path path_;
    const std::uint64_t bytes_;
    const util::UniqueFd file_;
    const storage::PassingRead passing_;
    const cloud::Digests digests_;
};

/// Reads the file that is uploaded next while another is on its way.
class ReadAhead {
public:
    void Begin(std::filesystem::path path, std::uint64_t bytes);

    /// That file, if it is the one that was begun; any other is read now. Throws as FileToUpload.
    std::unique_ptr<FileToUpload> Take(const std::filesystem::path& path, std::uint64_t bytes);

    /// Waits until it has been read; nothing is held open then.
    void Drop() { file_ = {}; }

private:
    std::future<std::unique_ptr<FileToUpload>> file_;
};

/// Puts it where `key` is, and answers when it is there, whole and verified. With `may_be_there`,
/// what an earlier attempt has left there is compared first. Throws CloudError.
void Upload(cloud::ObjectStore& store, const std::string& key, const FileToUpload& file,
            bool may_be_there);

}  // namespace aircheck::pruner

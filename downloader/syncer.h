// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "common/storage/file_system.h"

namespace aircheck::downloader {

/// Asks the disk to keep what was written to files, on a thread of its own: it may take as long as
/// it likes, and nobody has to wait for it to go on writing.
class Syncer {
public:
    /// More files than this are not asked for one by one, which costs a commit of the file
    /// system's journal each; then its whole content is. Fewer are, so as not to flush what others
    /// write.
    static constexpr std::size_t kMaxSingly = 16;

    explicit Syncer(const storage::FileSystem& files = storage::SystemFiles());
    Syncer(const Syncer&) = delete;
    Syncer& operator=(const Syncer&) = delete;
    ~Syncer();  // does what it was asked to, then joins

    bool busy() const;

    /// What the disk did not keep of what it was asked to last; tells of it once.
    std::set<std::filesystem::path> TakeFailed();

    /// False, and nothing is done, while it is busy with earlier ones.
    bool Sync(std::vector<std::filesystem::path> files);

private:
    void Run();
    std::set<std::filesystem::path> SyncAll(const std::vector<std::filesystem::path>& files) const;
    bool SyncFileSystem(int fd, std::set<dev_t>& done) const;

    const storage::FileSystem& file_system_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::filesystem::path> files_;
    std::set<std::filesystem::path> failed_;
    bool busy_ = false;
    bool quit_ = false;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace aircheck::downloader

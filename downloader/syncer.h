// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

namespace aircheck::downloader {

/// Asks the disk to keep what was written to files, on a thread of its own: it may take as long as
/// it likes, and nobody has to wait for it to go on writing.
class Syncer {
public:
    Syncer();
    Syncer(const Syncer&) = delete;
    Syncer& operator=(const Syncer&) = delete;
    ~Syncer();  // does what it was asked to, then joins

    /// False, and nothing is done, while it is busy with earlier ones.
    bool Sync(std::vector<std::filesystem::path> files);

private:
    void Run();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::filesystem::path> files_;
    bool busy_ = false;
    bool quit_ = false;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace aircheck::downloader

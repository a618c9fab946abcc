// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/util/unique_fd.h"

namespace aircheck::webapi {

/// A file of a segment, which several are being sent.
using SharedFile = std::shared_ptr<const util::UniqueFd>;

/// The files of segments that are being sent, each of them open once, however many are sent it, and
/// those of the last moments: who looks at a slice asks for it next. Thread-safe.
class OpenFiles {
public:
    /// Nullptr if it is not there, is no regular file, or is shorter than `bytes`. Blocks; throws
    /// std::system_error.
    SharedFile Open(const std::string& path, std::uint64_t bytes);

    /// The same file as others have it open; if nobody has, this one. Throws std::system_error.
    SharedFile Share(util::UniqueFd file);

    /// Lets go of what nobody has asked for since the last time.
    void LetGo();

private:
    /// What is kept only because it was asked for.
    static constexpr std::size_t kMostKept = 256;

    using Inode = std::pair<std::uint64_t, std::uint64_t>;  // of a device

    struct Entry {
        std::weak_ptr<const util::UniqueFd> file;
        std::uint64_t kept_at = 0;  // in which turn
    };

    SharedFile Find(const Inode& inode);
    SharedFile Add(const Inode& inode, util::UniqueFd file);
    void Keep(Entry& entry, const SharedFile& file);

    std::mutex mutex_;
    std::map<Inode, Entry> files_;
    std::vector<SharedFile> kept_;       // of this turn
    std::vector<SharedFile> kept_long_;  // of the one before
    std::uint64_t turn_ = 1;
};

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "common/util/unique_fd.h"

namespace aircheck::webapi {

/// A file of a segment, which several are being sent.
using SharedFile = std::shared_ptr<const util::UniqueFd>;

/// The files of segments that are being sent, each of them open once, however many are sent it. It
/// holds none open itself. Thread-safe.
class OpenFiles {
public:
    /// Nullptr if it is not there, is no regular file, or is shorter than `bytes`. Blocks; throws
    /// std::system_error.
    SharedFile Open(const std::string& path, std::uint64_t bytes);

    /// The same file as others have it open; if nobody has, this one. Throws std::system_error.
    SharedFile Share(util::UniqueFd file);

private:
    using Inode = std::pair<std::uint64_t, std::uint64_t>;  // of a device

    SharedFile Find(const Inode& inode);
    SharedFile Keep(const Inode& inode, util::UniqueFd file);

    std::mutex mutex_;
    std::map<Inode, std::weak_ptr<const util::UniqueFd>> files_;
    std::size_t sweep_at_ = 1024;  // entries
};

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <filesystem>

#include "common/util/unique_fd.h"

namespace aircheck::storage {

enum class LockKind { kShared, kExclusive };

/// Waits for a lock on a folder and holds it until the answer is closed. It serialises the short
/// moments in which processes find out which of them creates something there; it does not keep
/// anybody from using the folder. Throws std::system_error naming the folder.
util::UniqueFd LockFolder(const std::filesystem::path& folder, LockKind kind);

/// The same for those who must not wait for ever for a process that may be stopped: EWOULDBLOCK in
/// the error after `patience`.
util::UniqueFd LockFolder(const std::filesystem::path& folder, LockKind kind,
                          std::chrono::milliseconds patience);

}  // namespace aircheck::storage

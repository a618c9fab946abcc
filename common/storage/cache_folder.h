// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>

namespace aircheck::storage {

/// Removes files of the cache, the least recently used ones first, until all that are left take at
/// most `bytes` of the disk. Files that somebody has locked, because he reads them, stay. Answers
/// what is left. Any process may do this at any time; what is not there is no error.
std::uint64_t ShrinkCache(const std::filesystem::path& folder, std::uint64_t bytes);

}  // namespace aircheck::storage

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "common/cloud/object_store.h"

namespace aircheck::pruner {

/// Puts the first `bytes` of a file where `key` is, and answers when they are there, whole and
/// verified. With `may_be_there`, what an earlier attempt has left there is compared first.
///
/// Reads so that others hardly notice. Throws CloudError, std::system_error if the file cannot be
/// read, and std::runtime_error if it is shorter than that.
void Upload(cloud::ObjectStore& store, const std::string& key, const std::filesystem::path& path,
            std::uint64_t bytes, bool may_be_there);

}  // namespace aircheck::pruner

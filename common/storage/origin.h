// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/storage/paths.h"

namespace aircheck::storage {

/// What begins the keys of a storage folder's objects in the cloud: twelve lower-case hexadecimal
/// digits, made up once and kept in a file of the folder, so that a catalog that is lost does not
/// take them with it. Makes the file if there is none, whoever else does so at the same time.
/// Throws std::runtime_error, naming the file, if it cannot be made or holds something else.
std::string Origin(const Layout& layout);

bool IsOrigin(std::string_view text);

/// The key of an object in the cloud: "5f3c00112233/kpcc/streams/kpcc-20261120T203000Z-….mp3".
std::string ObjectKey(std::string_view origin, std::string_view path);

/// The segment that an object of that origin is, by its key; nullopt for every other object.
std::optional<SegmentName> ParseObjectKey(std::string_view origin, std::string_view key);

/// Where the origin's dumps of the catalog are: "5f3c00112233/backups/".
std::string BackupPrefix(std::string_view origin);

}  // namespace aircheck::storage

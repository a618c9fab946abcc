// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "common/catalog/sqlite.h"

namespace aircheck::catalog {

/// Marks the file as an Aircheck catalog ("AIRC"): see `file(1)` and PRAGMA application_id.
inline constexpr int kApplicationId = 0x41495243;

/// The schema's version, PRAGMA user_version: the number of migrations there are.
int SchemaVersion();

/// Makes a new or older file fit this program. Safe when several processes start at once.
/// Throws std::runtime_error for a newer file and for one that is no catalog.
void Migrate(Database& database, const std::filesystem::path& path);

/// For a reader, which cannot migrate: throws std::runtime_error if the file does not fit.
void CheckSchema(Database& database, const std::filesystem::path& path);

}  // namespace aircheck::catalog

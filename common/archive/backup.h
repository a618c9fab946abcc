// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "common/storage/paths.h"
#include "common/time/clock.h"

namespace aircheck::archive {

/// Keeps a dump of the catalog as "backups/catalog-20261120T203000Z.sql.gz" in the storage folder,
/// readable for its owner only, and answers where that is. The name appears when all of it is on
/// the disk. Blocks on the disk: for a worker thread. Throws SqliteError if the catalog cannot be
/// read, and std::runtime_error naming the file if it cannot be written.
std::filesystem::path BackUpCatalog(const storage::Layout& layout, time::SysTime now);

/// Deletes what was left by those who were killed while they did so, an hour ago or earlier. Throws
/// std::filesystem::filesystem_error.
void SweepBackups(const storage::Layout& layout);

}  // namespace aircheck::archive

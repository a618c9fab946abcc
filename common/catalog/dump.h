// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace aircheck::catalog {

/// The whole catalog as of one moment, as SQL text that makes it again in an empty file:
///
///     zcat catalog.sql.gz | sqlite3 catalog.db
///
/// `sink` gets it piece by piece. Others may write meanwhile. Throws SqliteError, and whatever
/// `sink` throws.
void DumpSql(const std::filesystem::path& catalog,
             const std::function<void(std::string_view)>& sink);

}  // namespace aircheck::catalog

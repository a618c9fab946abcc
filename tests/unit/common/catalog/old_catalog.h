// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "common/catalog/sqlite.h"

namespace aircheck::catalog {

/// Makes a catalog as an Aircheck with schema version 3 wrote it, with three segments and a title.
inline std::filesystem::path MakeOldCatalog(const std::filesystem::path& folder) {
    std::ifstream file(AIRCHECK_SOURCE_DIR "/tests/unit/common/catalog/catalog_v3.sql");
    const std::string sql{std::istreambuf_iterator<char>(file), {}};
    EXPECT_FALSE(sql.empty());
    auto path = folder / "old.db";
    Database(path.string(), Database::Mode::kReadWrite).Execute(sql.c_str());
    return path;
}

}  // namespace aircheck::catalog

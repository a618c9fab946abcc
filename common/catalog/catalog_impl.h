// SPDX-License-Identifier: MIT
#pragma once

#include "common/catalog/catalog.h"
#include "common/catalog/query.h"
#include "common/catalog/seek_index.h"
#include "common/catalog/sqlite.h"

namespace aircheck::catalog {

/// What the writing half (catalog.cc) and the reading half (catalog_query.cc) share.
struct Catalog::Impl {
    Impl(const std::filesystem::path& path, Database::Mode mode) : database(path.string(), mode) {}

    Database database;
    StatementCache statements{database};
    SeekIndex seek{statements};
};

}  // namespace aircheck::catalog

// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <exception>
#include <filesystem>
#include <optional>

#include "common/catalog/catalog.h"

namespace aircheck::catalog {

class SqliteError;

/// Whether the error says that the file is damaged or no database at all.
bool IsBroken(const SqliteError& error);

/// Whether it says that another process holds a lock.
bool IsLocked(const SqliteError& error);

/// The catalog at a path for as long as a process lives, whatever becomes of the file: one that was
/// removed or replaced is not written to any further, and one that is broken is set aside as
/// "catalog.db.corrupt-20261120T203000Z", never deleted. One thread at a time.
class CatalogFile {
public:
    CatalogFile(std::filesystem::path path, Catalog::Mode mode,
                std::chrono::milliseconds patience = Catalog::kBusyTimeout);

    /// The catalog, opened (and made, unless read-only) where it is not yet. Throws as Catalog
    /// does.
    Catalog& Get();

    /// For what Get or a call on its answer threw. Answers where a broken file is now.
    std::optional<std::filesystem::path> Failed(const std::exception& error) noexcept;

    /// How often it has been opened. It may be another file each time.
    int opened() const { return opened_; }

private:
    std::optional<std::filesystem::path> SetAside() const;
    void MakeRoom() const;

    const std::filesystem::path path_;
    const Catalog::Mode mode_;
    const std::chrono::milliseconds patience_;
    std::optional<Catalog> catalog_;
    std::optional<std::pair<dev_t, ino_t>> identity_;  // of the file that was opened last
    int opened_ = 0;
};

}  // namespace aircheck::catalog

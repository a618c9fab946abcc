// SPDX-License-Identifier: MIT
#include "common/catalog/catalog_file.h"

#include <sys/stat.h>

#include <system_error>
#include <utility>

#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/storage/folder_lock.h"
#include "common/time/timestamp.h"
#include "common/util/error.h"

namespace aircheck::catalog {
namespace {

namespace fs = std::filesystem;

std::optional<std::pair<dev_t, ino_t>> Identity(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return std::nullopt;
    return std::pair{status.st_dev, status.st_ino};
}

fs::path With(fs::path path, std::string_view suffix) {
    path += suffix;
    return path;
}

/// Renames what there is of the catalog's files: the log and the memory that go with it first, so
/// that a new catalog never meets the old one's.
fs::path MoveAway(const fs::path& path, std::string_view why) {
    const auto now = std::chrono::floor<std::chrono::seconds>(time::SystemClock().Now());
    const fs::path named = With(path, fmt::format(".{}-{}", why, time::FormatBasic(now)));
    fs::path aside = named;
    for (int n = 2; fs::exists(aside); ++n) aside = With(named, "-" + std::to_string(n));
    for (const std::string_view part : {"-shm", "-wal", ""})
        if (fs::exists(With(path, part))) fs::rename(With(path, part), With(aside, part));
    return aside;
}

}  // namespace

bool IsBroken(const SqliteError& error) {
    const int code = error.code() & 0xff;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

bool IsLocked(const SqliteError& error) {
    const int code = error.code() & 0xff;
    return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

CatalogFile::CatalogFile(fs::path path, Catalog::Mode mode, std::chrono::milliseconds patience)
    : path_(std::move(path)), mode_(mode), patience_(patience) {}

Catalog& CatalogFile::Get() {
    if (catalog_ && !catalog_->Moved()) return *catalog_;
    catalog_.reset();
    identity_ = Identity(path_);
    if (!identity_ && mode_ == Catalog::Mode::kReadWrite) MakeRoom();
    catalog_.emplace(path_, mode_, patience_);
    ++opened_;
    return *catalog_;
}

/// A log whose catalog was removed belongs to no other.
void CatalogFile::MakeRoom() const {
    const auto lock = storage::LockFolder(path_.parent_path(), storage::LockKind::kExclusive);
    if (fs::exists(path_) || !(fs::exists(With(path_, "-wal")) || fs::exists(With(path_, "-shm"))))
        return;
    const fs::path aside = MoveAway(path_, "lost");
    log::warn("catalog: {} is gone; what was left of it is now {}-wal", path_.string(),
              aside.string());
}

std::optional<fs::path> CatalogFile::Failed(const std::exception& error) noexcept {
    const auto* sqlite = dynamic_cast<const SqliteError*>(&error);
    if (sqlite != nullptr && IsLocked(*sqlite)) return std::nullopt;
    // A connection to a torn file never recovers; a new one may.
    catalog_.reset();
    if (sqlite == nullptr || !IsBroken(*sqlite)) return std::nullopt;
    try {
        auto aside = SetAside();
        if (aside)
            log::error("catalog: {}; set aside as {}, to be made anew from the recordings",
                       error.what(), aside->string());
        return aside;
    } catch (const std::exception& why) {
        log::error("catalog: {}, and it cannot be set aside: {}", error.what(),
                   util::DescribeException(why));
        return std::nullopt;
    }
}

/// Nothing if another process has been faster.
std::optional<fs::path> CatalogFile::SetAside() const {
    const auto lock = storage::LockFolder(path_.parent_path(), storage::LockKind::kExclusive);
    if (!identity_ || Identity(path_) != identity_) return std::nullopt;
    return MoveAway(path_, "corrupt");
}

}  // namespace aircheck::catalog

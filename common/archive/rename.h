// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "common/catalog/catalog.h"
#include "common/storage/paths.h"

namespace aircheck::archive {

struct RenameReport {
    std::size_t segments = 0;  // finished ones that are on this disk
    std::size_t renamed = 0;
    std::size_t failed = 0;  // left as they are, with a line in the log

    RenameReport& operator+=(const RenameReport& other);
};

/// Gives finished segments whose file name disagrees with the time that the catalog has of them the
/// name of that time, to the second; where that is another file's, of one of the next seconds.
///
/// May be called at any time and be killed at any instant: a file has both names until the catalog
/// knows the new one, and the next call drops the name that nobody goes by. Not beside retention,
/// which would miss the file that it is about to remove. Blocks on the disk: for a worker thread.
/// Throws SqliteError if the catalog fails, and std::system_error if the folder cannot be read.
/// `quit` breaks off between two files.
RenameReport RenameStation(const storage::Layout& layout, catalog::Catalog& catalog,
                           std::string_view station, const std::function<bool()>& quit = {});

}  // namespace aircheck::archive

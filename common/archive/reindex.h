// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/archive/stored_segments.h"
#include "common/catalog/catalog.h"
#include "common/storage/paths.h"

namespace aircheck::archive {

struct ReindexReport {
    std::size_t known = 0;              // finished files that the catalog has
    std::size_t added = 0;              // that it has now
    std::size_t open = 0;               // `.part`: their recorder's, or the next start's to finish
    std::size_t waiting = 0;            // left for a later call: their recorder is about to speak
    std::vector<std::string> unusable;  // files with no sound in them, or that cannot be read
    std::vector<std::string> foreign;   // files and objects that are none of ours
    std::string unavailable;            // why the cloud could not be asked; "" if it could

    bool operator==(const ReindexReport&) const = default;
};

struct ReindexHooks {
    std::function<void(std::size_t done, std::size_t of)> on_file;  // files to be read
    std::function<bool()> quit;                                     // breaks off between two files
    ListStored stored = {};                                         // what the cloud has
};

/// The word for how a take ended when its files are all that is left of it.
inline constexpr char kCauseUnknown[] = "unknown";

/// Makes the catalog know every finished recording of a station, here and in the cloud: what has no
/// row is read, and the row, index, marks and splices are made from its frames; what was recorded
/// last comes first. What a catalog that is older than the move still takes for a file is in the
/// cloud now. A segment's end on the air is its file's modification time, as long as the name
/// agrees with that; else, and in the cloud, the name dates it to a second. What only the catalog
/// knew is gone: titles, addresses, the causes of ends and of holes.
///
/// May be called at any time, also beside living recorders, and be killed at any instant: the next
/// call goes on. Files are only ever read. A segment that is being recorded is its recorder's to
/// register; its index and marks are completed here. A take of which that has not happened yet
/// waits for a later call.
///
/// Blocks on the disk: for a worker thread. Throws SqliteError if the catalog fails, and
/// std::system_error if the folder cannot be read.
ReindexReport ReindexStation(const storage::Layout& layout, catalog::Catalog& catalog,
                             std::string_view station, const ReindexHooks& hooks = {});

/// The value in the catalog that is there while recordings of a station are still unknown to it, so
/// that nobody takes them for holes: how many files there are to read.
std::string UnknownKey(std::string_view station);

/// Sets or removes that value, without reading any file. ReindexStation removes it at its end.
void TellUnknown(const storage::Layout& layout, catalog::Catalog& catalog, std::string_view station,
                 const ListStored& stored = {});

}  // namespace aircheck::archive

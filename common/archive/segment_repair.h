// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "common/catalog/catalog.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"

namespace aircheck::archive {

struct RepairReport {
    int closed = 0;        // segments that the catalog knew, now finished
    int recovered = 0;     // segments that it did not know
    int skipped_live = 0;  // files that a living recorder holds
    int unknown_live = 0;  // of those, the ones that the catalog does not know yet
    int dropped = 0;       // bursts that had just begun
    int unusable = 0;      // files left as they are, with a line in the log
};

/// Finishes what a recorder that died has left of a station: cuts the torn frame off each `.part`
/// that nobody holds a lock on, gives it its final name, makes the catalog say what the file
/// really holds, and ends the takes. A file with as much as one whole frame is never deleted, but
/// for one that its recorder could not date yet: it lived for a part of a second and has a part of
/// the burst that the server sends to the next one, too.
///
/// May be called at any time, also beside living recorders, and be killed at any instant: files
/// come first and rows follow, and the next call goes on from what it finds.
///   1. The rows exist, open, under the `.part` name (made here if the recorder had not yet).
///   2. The file is cut, synced and renamed.
///   3. The row is closed under the final name.
///   4. The take is ended.
/// An open row without its `.part` has stopped between 2 and 3, here or in the recorder: its file
/// is found by the take in its name.
///
/// Blocks on the disk: for a worker thread. Throws SqliteError if the catalog fails, and
/// std::system_error if the folder cannot be read.
RepairReport RepairStation(const storage::Layout& layout, catalog::Catalog& catalog,
                           std::string_view station,
                           const time::Clock& clock = time::SystemClock());

/// Whether nobody holds the file of an open segment any more: its recorder has died. Cheap.
bool IsAbandoned(const storage::Layout& layout, const catalog::Segment& open);

}  // namespace aircheck::archive

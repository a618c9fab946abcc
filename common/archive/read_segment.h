// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "common/archive/found_take.h"
#include "common/archive/stored_segments.h"
#include "common/storage/paths.h"
#include "common/util/unique_fd.h"

namespace aircheck::archive {

/// Never waits and never follows a link. Throws std::system_error.
util::UniqueFd OpenSegment(const std::filesystem::path& path);

/// What a finished file holds. Throws if it cannot be read, is none, or has no sound.
FoundSegment ReadFile(const storage::Layout& layout, const storage::SegmentName& name);

/// What an object holds. Throws if it has no sound, and what `stored.read` throws.
FoundSegment ReadObject(const StoredSegments& stored, const StoredSegments::Object& object);

}  // namespace aircheck::archive

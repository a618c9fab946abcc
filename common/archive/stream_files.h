// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/storage/paths.h"

namespace aircheck::archive {

/// What lies in a station's folder.
struct StreamFiles {
    std::vector<storage::SegmentName> finished;  // by time, as their names say
    std::vector<storage::SegmentName> open;      // likewise
    std::vector<std::string> foreign;            // what is none of ours, by name
};

/// Throws std::system_error if the folder is there but cannot be read.
StreamFiles ListStreamFiles(const storage::Layout& layout, std::string_view station);

/// Every station that has a folder for recordings, configured or not, by name.
std::vector<std::string> StationsIn(const storage::Layout& layout);

}  // namespace aircheck::archive

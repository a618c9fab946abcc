// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/time/clock.h"

namespace aircheck::cloud {

/// A line of a folder's listing as sftp-server and its kin write it, which is as `ls -l` does.
struct SftpEntry {
    enum class Kind { kFile, kFolder, kOther };

    Kind kind = Kind::kOther;
    std::string name;
    std::uint64_t bytes = 0;
    time::SysTime modified;  // to the minute or the day, in whatever zone the server is

    bool operator==(const SftpEntry&) const = default;
};

/// Nullopt for what is no such line. `now`: a date without a year is the latest one.
std::optional<SftpEntry> ParseSftpEntry(std::string_view line, time::SysTime now);

}  // namespace aircheck::cloud

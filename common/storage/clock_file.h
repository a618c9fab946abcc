// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>

#include "common/time/clock.h"

namespace aircheck::storage {

/// What an instance takes UTC to be, so that a process that starts while the wall clock is wrong
/// for a moment dates as the others do. One line: the boot's id, then when it was written and the
/// offset, both in microseconds (time::SinceBoot, time::UtcOffset).

/// Throws std::system_error.
void WriteClockFile(const std::filesystem::path& path);

/// The offset, unless the file is of another boot or too old to tell anything.
std::optional<time::Micros> ReadClockFile(const std::filesystem::path& path);

/// This process goes by what the file says, if it says anything.
void GoByClockFile(const std::filesystem::path& path);

}  // namespace aircheck::storage

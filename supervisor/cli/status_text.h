// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "supervisor/cli/status_model.h"

namespace aircheck::cli {

/// The table for people: lines of at most `columns` bytes, the first `rows` of them; 0 means no
/// limit. `now` in Unix seconds.
std::string StatusText(const StatusModel& model, const std::string& storage, double now,
                       std::size_t columns, std::size_t rows);

/// The same for programs: one JSON object.
std::string StatusJson(const StatusModel& model, const std::string& storage, double now);

/// "0.4s", "59s", "3m", "5h", "12d"
std::string FormatAge(double seconds);

}  // namespace aircheck::cli

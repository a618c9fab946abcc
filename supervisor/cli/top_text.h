// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <string>

#include "supervisor/cli/top_model.h"

namespace aircheck::cli {

/// The table: lines of at most `columns` columns, the first `rows` of them; 0 means no limit.
/// `where` names the aircheckd that is looked at; `now` in Unix seconds.
std::string TopText(const TopModel& model, const std::string& where, double now,
                    std::size_t columns, std::size_t rows);

/// One of ▁▂▃▄▅▆▇█ for each, filled with spaces on the left to `width`. `full` is the highest; no
/// bytes are the lowest, and any bytes at least the one above.
std::string Sparkline(const std::deque<double>& values, double full, std::size_t width);

}  // namespace aircheck::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/config/config.h"
#include "common/time/clock.h"
#include "common/time/zone.h"

namespace aircheck::cli {

struct CoverageOptions {
    std::string station;  // "": all of them, a line each if there are several
    std::string from;     // as for ParseWhen; "": the last two weeks
    std::string to;
    bool as_json = false;
};

/// "2026-11-20", "2026-11-20 20:30", "2026-11-20T20:30:15Z" (in `zone`, but for the Z), or how long
/// before `now`, as in "36h" or "2w".
std::optional<time::SysTime> ParseWhen(std::string_view text, const time::Zone& zone,
                                       time::SysTime now);

/// Tells what the archive of this configuration holds and what it lacks, from its catalog: also
/// where no aircheckd runs. Answers the exit code.
int ShowCoverage(const config::Config& config, const CoverageOptions& options);

}  // namespace aircheck::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace aircheck::cli {

struct RecordOptions {
    std::vector<std::string> urls;
    std::string name;  // callsign for a single URL; made from the URL if empty
    std::string storage;
    std::string listen;
    std::string timezone;  // empty: the machine's own
    bool print_config = false;
};

/// `aircheck record URL…`: writes a configuration into the storage folder and becomes aircheckd.
/// Answers an exit code only where there is nothing to become. Throws std::exception with a
/// sentence for the operator.
int Record(const RecordOptions& options);

/// The configuration file for `urls`, one station each.
std::string RecordConfig(const RecordOptions& options, const std::vector<std::string>& urls,
                         const std::vector<std::string>& callsigns);

}  // namespace aircheck::cli

// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>

#include "common/config/config.h"

// Whatever the file says: no crash, no exception, and each problem can be printed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string yaml(reinterpret_cast<const char*>(data), size);
    const auto result = aircheck::config::Parse(yaml, "/etc/aircheck.yaml");
    for (const auto& problem : result.problems) {
        if (problem.message.empty() || problem.Text().find('\n') != std::string::npos) std::abort();
    }
    if (result.ok() && result.config.stations.empty()) std::abort();
    aircheck::config::Describe(result.config);
    return 0;
}

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace aircheck::cli {

/// Tells from the numbers in a tap's messages how many of them did not come (proto/README.md).
class MissedMessages {
public:
    /// How many there were of this topic between the last one and this.
    std::uint64_t Take(const std::string& topic, const std::string& json);

    std::uint64_t total() const { return total_; }

private:
    struct Last {
        std::uint64_t n = 0;
        std::uint64_t by = 0;
    };
    std::unordered_map<std::string, Last> last_;
    std::uint64_t total_ = 0;
};

}  // namespace aircheck::cli

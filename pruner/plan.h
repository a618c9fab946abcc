// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/catalog/rows.h"
#include "common/config/config.h"
#include "common/time/clock.h"

namespace aircheck::pruner {

/// Why a segment is removed.
enum class Reason { kAge, kMaxDisk, kMinFree };

struct Removal {
    catalog::Segment segment;
    Reason reason = Reason::kAge;
};

struct DiskState {
    std::map<std::string, std::uint64_t> used;  // bytes of segments by station
    std::uint64_t free = 0;                     // bytes

    std::uint64_t Total() const;
};

/// What a configuration says about removing.
class Rules {
public:
    struct Rule {
        config::Duration retention{};           // older sound may be deleted for good
        std::optional<std::uint64_t> max_disk;  // bytes of this station
        bool configured = true;
    };

    explicit Rules(const config::Config& config);

    /// A station that is not configured any more keeps its sound for as long as the defaults say.
    const Rule& Of(std::string_view station) const;

    std::optional<std::uint64_t> max_disk() const { return max_disk_; }  // of all stations
    std::uint64_t min_free() const { return min_free_; }

    /// Whether sound that is young enough has to go all the same.
    bool Exceeded(const DiskState& disk) const;

private:
    std::map<std::string, Rule, std::less<>> stations_;
    Rule others_;
    std::optional<std::uint64_t> max_disk_;
    std::uint64_t min_free_;
};

/// What of `candidates` has to go: what is too old, then the oldest until `max_disk` of each
/// station, `max_disk` of all and `min_free` are kept. Never an open segment. Pure: where more
/// has to go than the candidates offer, the answer is all that they offer.
std::vector<Removal> Plan(const Rules& rules, time::SysTime now, DiskState disk,
                          std::vector<catalog::Segment> candidates);

}  // namespace aircheck::pruner

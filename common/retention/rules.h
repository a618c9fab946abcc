// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/config/config.h"

namespace aircheck::retention {

/// How things stand.
struct DiskState {
    std::map<std::string, std::uint64_t> used;  // bytes of segments by station
    std::uint64_t free = 0;                     // bytes
    bool cloud_works = true;                    // as far as is known

    std::uint64_t Total() const;
};

/// Bytes that are free on the file system of a folder. Throws std::system_error.
std::uint64_t MeasureFreeSpace(const std::filesystem::path& folder);

/// What a configuration says about keeping.
class Rules {
public:
    struct Rule {
        config::Duration disk{};                // older sound moves to the cloud, if there is one
        config::Duration archive{};             // older sound may be deleted for good
        std::optional<std::uint64_t> max_disk;  // bytes of this station
        bool configured = true;
    };

    explicit Rules(const config::Config& config);

    /// A station that is not configured any more keeps its sound for as long as the defaults say.
    const Rule& Of(std::string_view station) const;

    /// How long anything is kept.
    config::Duration longest() const;

    bool has_cloud() const { return has_cloud_; }
    std::optional<std::uint64_t> max_disk() const { return max_disk_; }  // of all stations
    std::uint64_t min_free() const { return min_free_; }

    /// With less than this in what is free and what can go without a loss, more is uploaded.
    std::uint64_t reserve() const { return min_free_ + min_free_ / 4; }

    /// Whether sound that is young enough has to go all the same.
    bool Exceeded(const DiskState& disk) const;

private:
    std::map<std::string, Rule, std::less<>> stations_;
    Rule others_;
    bool has_cloud_;
    std::optional<std::uint64_t> max_disk_;
    std::uint64_t min_free_;
};

}  // namespace aircheck::retention

// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/config/config.h"

namespace aircheck::config {

/// What kinds of node a key takes. A list may also be written as one scalar.
enum class Shape { kScalar, kList, kNonEmptyList, kMap };

/// One scalar of a key's value.
struct Item {
    std::string_view name;  // in a map: its key
    std::string_view text;
    bool first = true;  // of a list or map: replaces what stood there by default
};

/// One row of the configuration's tables: how a key is read, named in errors and shown again.
template <typename Target>
struct Key {
    std::string_view name;
    std::string_view expected;  // "expected …, not …"
    Shape shape = Shape::kScalar;
    bool (*take)(Target&, const Item&) = nullptr;  // false: not what is expected
    std::string (*show)(const Target&) = nullptr;  // without secrets; empty: not set
};

/// At the top only.
std::span<const Key<Config>> TopKeys();

/// At the top, for all stations, and in a station.
std::span<const Key<StationDefaults>> SharedKeys();

/// In a station only.
std::span<const Key<StationConfig>> StationKeys();

/// In `machines`.
std::span<const Key<MachinesConfig>> MachinesKeys();

/// The sections at the top, whose values are not scalars.
inline constexpr std::string_view kMachines = "machines";
inline constexpr std::string_view kCloud = "cloud";
inline constexpr std::string_view kStations = "stations";

}  // namespace aircheck::config

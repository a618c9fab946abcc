// SPDX-License-Identifier: MIT
#include "common/config/cloud.h"
#include "common/config/config.h"
#include "common/config/keys.h"
#include "common/config/values.h"

namespace aircheck::config {
namespace {

using Described = std::map<std::string, std::string>;

template <typename Target>
void Add(std::span<const Key<Target>> keys, const Target& target, const std::string& prefix,
         Described* described) {
    for (const auto& key : keys) {
        auto text = key.show(target);
        if (!text.empty()) described->emplace(prefix + std::string(key.name), std::move(text));
    }
}

/// Of the keys that may also stand at the top, only those that this station has otherwise.
void AddStation(const StationConfig& station, const StationDefaults& defaults,
                Described* described) {
    const std::string prefix = std::string(kStations) + "." + station.callsign + ".";
    Add(StationKeys(), station, prefix, described);
    for (const auto& key : SharedKeys()) {
        auto text = key.show(station);
        if (text == key.show(defaults)) continue;
        described->emplace(prefix + std::string(key.name), std::move(text));
    }
}

void AddCloud(const CloudConfig& cloud, Described* described) {
    const std::string prefix = std::string(kCloud) + ".";
    described->emplace(prefix + "service", cloud.service);
    for (const auto& [name, value] : cloud.options) {
        const bool hide = IsSecretOption(cloud.service, name);
        described->emplace(prefix + name, hide ? std::string(kHidden) : HideSecrets(value));
    }
}

}  // namespace

Described Describe(const Config& config) {
    Described described;
    Add(TopKeys(), config, "", &described);
    Add(SharedKeys(), config.defaults, "", &described);
    if (config.machines) {
        Add(MachinesKeys(), *config.machines, std::string(kMachines) + ".", &described);
    }
    if (config.cloud) AddCloud(*config.cloud, &described);
    for (const auto& station : config.stations) AddStation(station, config.defaults, &described);
    return described;
}

}  // namespace aircheck::config

// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/config/config.h"
#include "common/time/clock.h"
#include "loudness/silence.h"
#include "proto/messages.h"

namespace aircheck::loudness {

/// Whether each station is silent, also across the lives of this process: an alarm is kept in the
/// catalog for as long as it lasts. One thread at a time.
class SilenceWatch {
public:
    SilenceWatch(const config::Config& config, const time::Clock& clock)
        : config_(config), clock_(clock) {}

    /// Goes on from what the catalog knows, and tells of it.
    void Begin(catalog::Catalog& catalog);

    /// Levels of what is being recorded.
    void Hear(const std::string& station, time::SysTime from, std::span<const audio::Level> levels);

    /// What has changed since the last call, after the catalog has been told. Throws SqliteError;
    /// nothing is lost by that.
    std::vector<proto::SilenceEvent> Keep(catalog::Catalog& catalog);

private:
    struct Change {
        std::string station;
        SilenceDetector::Change what;
    };

    void Remember(const catalog::Catalog& catalog, const std::string& station, time::SysTime from);

    const config::Config& config_;
    const time::Clock& clock_;
    std::map<std::string, SilenceDetector, std::less<>> detectors_;
    std::vector<Change> changes_;
};

}  // namespace aircheck::loudness

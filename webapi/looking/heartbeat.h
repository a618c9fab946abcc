// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "webapi/services.h"

namespace aircheck::webapi {

/// The fields of /heartbeat, over all or (with `station`) of one station. Of one station are
/// `last-recorded`, `files`, `disk`, `bitrate`, and `state`; the rest is the instance's. Over all,
/// `bitrate` is the sum of the stations'. `hits` and `connections` count what web workers and
/// downloaders told in their last beat. Cheap: touches no disk.
boost::json::object HeartbeatFields(const Services& services, const config::StationConfig* station);

/// The same as text, made anew once a second or when something has changed, however often it is
/// asked for. Lives on the loop's thread.
class HeartbeatTexts {
public:
    explicit HeartbeatTexts(const Services& services) : services_(services) {}

    /// Until the next call.
    const std::string& Get(const config::StationConfig* station);

private:
    struct Text {
        std::string text;
        std::chrono::sys_seconds made;
        std::uint64_t fed = 0;
    };

    const Services& services_;
    std::map<const config::StationConfig*, Text> texts_;  // nullptr: over all
};

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include <map>
#include <string>

#include "proto/messages.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// What the tap has told last, of what the vitals do not keep.
struct LastTold {
    const std::map<std::string, proto::StationEvent>& stations;
    const std::map<std::string, proto::TitleEvent>& titles;
    const proto::RestartEvent& restart;  // without an event: none yet
};

/// All there is to know of stations, workers, machines and the disk just now. Times are Unix s.
boost::json::object PresentFields(const Services& services, const LastTold& told);

/// Of a process.
boost::json::object WorkerFields(const proto::Heartbeat& beat);

}  // namespace aircheck::webapi

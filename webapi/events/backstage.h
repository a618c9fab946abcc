// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "proto/messages.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// The last lines of all processes' logs, by their times. Pure.
class LogLines {
public:
    static constexpr std::size_t kMost = 200;

    /// The lines that are new. An event that is told again has none.
    std::vector<std::string> Add(const proto::LogEvent& event);

    const std::deque<std::string>& all() const { return lines_; }

private:
    std::map<std::string, std::uint64_t> last_;  // number, by process
    std::deque<std::string> lines_;
};

/// What the pruner and the cloud do: bytes that were `moved` or deleted since it was started, that
/// are `waiting` to be stored and that are `stored`, what that costs a month, and why the cloud
/// does not work. Empty if there is no pruner. Times are Unix s.
boost::json::object KeepingFields(const Services& services);

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace aircheck::supervisor {

/// The latest message of each topic that describes a state, for taps that come later. Topics are
/// as many as there are stations, workers and remembered machines, so this does not grow.
class LastValues {
public:
    /// Whether messages of this topic say how things are (heartbeat, machine, restart, station,
    /// title, worker), not only what happened.
    static bool IsState(std::string_view topic);

    /// Messages of other topics are not kept.
    void Keep(const std::string& topic, const std::string& json);

    void Forget(std::string_view topic);

    /// In the order of the topics, those that begin with `prefix`.
    void ForEach(std::string_view prefix,
                 const std::function<void(const std::string& topic, const std::string& json)>&
                     handler) const;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace aircheck::supervisor

// SPDX-License-Identifier: MIT
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace aircheck::supervisor {

/// How many messages each topic has had, and the latest of those that describe a state, for taps
/// that come later. Topics are as many as there are stations, workers and remembered machines, so
/// this does not grow.
class LastValues {
public:
    struct Value {
        std::string message;      // the latest; empty where the topic is not kept
        std::uint64_t count = 0;  // of all messages
        bool kept = false;        // says how things are, not only what happened
    };

    /// Whether messages of this topic say how things are (heartbeat, log, machine, restart,
    /// silence, station, title, worker), not only what happened.
    static bool IsState(std::string_view topic);

    /// Made where it is not known yet. Stays where it is until forgotten.
    Value& Of(std::string_view topic);

    void Forget(std::string_view topic);

    /// In the order of the topics, the messages of those kept that begin with `prefix`.
    using Handler = std::function<void(const std::string& topic, const std::string& message)>;
    void ForEach(std::string_view prefix, const Handler& handler) const;

private:
    boost::container::flat_map<std::string, std::unique_ptr<Value>, std::less<>> values_;
};

}  // namespace aircheck::supervisor

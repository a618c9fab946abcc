// SPDX-License-Identifier: MIT
#pragma once

#include <boost/container/flat_map.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <zmq.hpp>

namespace aircheck::supervisor {

/// How many messages each topic has had, and the latest of those that describe a state, for taps
/// that come later. Topics are as many as there are stations, workers and remembered machines, so
/// this does not grow.
class LastValues {
public:
    struct Value {
        zmq::message_t topic;
        zmq::message_t message;   // the latest; empty where the topic is not kept
        std::uint64_t count = 0;  // of all messages
        bool kept = false;        // says how things are, not only what happened
    };

    /// Whether messages of this topic say how things are (heartbeat, log, machine, restart,
    /// silence, station, title, worker), not only what happened.
    static bool IsState(std::string_view topic);

    /// Made where it is not known yet. Stays where it is until forgotten.
    Value& Of(std::string_view topic);

    void Forget(std::string_view topic);

    /// In the order of the topics, those kept that begin with `prefix`.
    void ForEach(std::string_view prefix, const std::function<void(Value&)>& handler);

private:
    boost::container::flat_map<std::string, std::unique_ptr<Value>, std::less<>> values_;
};

}  // namespace aircheck::supervisor

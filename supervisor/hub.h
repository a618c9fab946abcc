// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "common/event/zmq_socket.h"
#include "common/time/clock.h"
#include "proto/messages.h"
#include "supervisor/last_values.h"

namespace aircheck::supervisor {

/// Where messages meet: a ROUTER that the workers talk to and an XPUB that taps listen to.
/// Owned by the supervisor; lives on the loop's thread.
///
/// A tap that subscribes is sent the present state of what it asked for. XPUB cannot speak to one
/// subscriber alone, so others with the same topics see that state again: heartbeats are told
/// apart by pid and seq, everything else says the same as before.
class Hub {
public:
    struct Options {
        std::filesystem::path storage;
        int generation = 1;
        std::string tap;           // a further endpoint for taps; may be empty
        std::size_t stations = 0;  // how much state there is, for the taps' queues
        std::size_t machines = 0;  // likewise
    };
    /// A message from a worker that could be decoded, with its frames as they came.
    struct Incoming {
        std::string identity;  // for Send
        std::string topic;
        std::string json;
        proto::Message message;
    };
    using Handler = std::function<void(Incoming)>;

    /// Binds. Throws std::runtime_error naming the endpoint that cannot be had.
    Hub(boost::asio::io_context& loop, zmq::context_t& context, const time::Clock& clock,
        const Options& options, Handler on_message);
    ~Hub();

    /// Down to the worker that has that identity; nothing happens if it is gone.
    void Send(const std::string& identity, const proto::Message& message);

    /// To the taps.
    void Publish(const proto::Message& message);
    void Publish(const std::string& topic, const std::string& json);

    /// Later taps are not told any more what was published last under this topic.
    void Forget(const std::string& topic) { last_.Forget(topic); }

    /// Counts a well-formed message that is none of this supervisor's business.
    void CountForeign(const std::string& reason);

private:
    enum Ignored { kOversized, kMalformed, kUnknownTopic, kUnknownVersion, kForeign, kKinds };

    void BindControl(const Options& options);
    void BindTap(const Options& options);
    void TakeSocketFile(const std::string& endpoint);
    void OnControl(event::ZmqFrames frames);
    void OnTap(const event::ZmqFrames& frames);
    void Count(Ignored kind, const std::string& reason);

    const time::Clock& clock_;
    Handler on_message_;
    std::vector<std::filesystem::path> socket_files_;
    event::ZmqSocket control_;
    event::ZmqSocket tap_;
    LastValues last_;
    std::array<std::uint64_t, kKinds> ignored_{};
    time::SteadyTime next_report_{};
};

}  // namespace aircheck::supervisor

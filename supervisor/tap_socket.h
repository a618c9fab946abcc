// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/event/zmq_socket.h"
#include "supervisor/last_values.h"
#include "supervisor/socket_file.h"
#include "supervisor/tap_gate.h"

namespace aircheck::supervisor {

/// What taps listen to: an XPUB for ipc and, if there is to be a tcp endpoint, one for that.
/// Owned by the hub; lives on the loop's thread.
///
/// Every message is told its number of its topic, `n`, and who counts, `by`: what a slow tap did
/// not get shows as a gap. A tap that subscribes is sent the present state of what it asked for.
/// XPUB cannot speak to one subscriber alone, so others with the same topics see that state again,
/// with the number that they know.
class TapSocket {
public:
    struct Options {
        std::filesystem::path storage;
        int generation = 1;
        std::string tcp;                // a further endpoint; may be empty
        std::filesystem::path tcp_key;  // of that, see TapKey; empty: it is open
        std::size_t state = 0;          // about how many messages the present state has
        std::size_t largest = 0;        // about how many bytes the largest message has
    };

    /// Binds the endpoint of this supervisor alone. Throws std::runtime_error naming the endpoint
    /// that cannot be had, or what is wrong with the key.
    TapSocket(boost::asio::io_context& loop, zmq::context_t& context, const Options& options);

    /// Binds what everybody knows: `run/tap` and tcp. Throws as above; then it has none of them.
    void TakePublicEndpoints();

    /// They are free when this returns, and can be taken again. ZeroMQ ends connections with the
    /// listener that accepted them: taps connect anew, to whoever takes the endpoints next. To be
    /// called before somebody else takes them: the file of `run/tap` is removed.
    void ReleasePublicEndpoints() noexcept;

    /// Sent when the loop has done what it is at: all that is published meanwhile goes together,
    /// and ZeroMQ's thread is woken up once for it. `json` is the text of an object with at least
    /// one field.
    void Publish(std::string_view topic, std::string_view json);

    /// Later taps are not told any more what was published last under this topic.
    void Forget(std::string_view topic) { last_.Forget(topic); }

private:
    void OpenTcp(boost::asio::io_context& loop, zmq::context_t& context, const Options& options);
    void OnSubscription(event::ZmqSocket& socket, const event::ZmqFrames& frames);
    void SendAll();

    struct News {
        zmq::message_t topic;
        zmq::message_t message;
    };

    boost::asio::io_context& loop_;
    const std::string private_endpoint_;
    const std::string public_endpoint_;
    const std::string tcp_endpoint_;
    const pid_t pid_;
    event::ZmqSocket ipc_;
    std::optional<TapGate> gate_;
    std::optional<event::ZmqSocket> tcp_;
    std::optional<SocketFile> private_file_;
    std::optional<SocketFile> public_file_;  // while it is ours
    std::string bound_tcp_;                  // as ZeroMQ calls it; empty: not bound
    LastValues last_;
    std::vector<News> news_;  // to be sent at the end of the turn
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what the loop still calls
};

}  // namespace aircheck::supervisor

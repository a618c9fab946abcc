// SPDX-License-Identifier: MIT
#include "common/event/zmq_socket.h"

#include <boost/asio/post.hpp>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace aircheck::event {
namespace {

namespace asio = boost::asio;

// So many messages at a stretch, then the loop's other handlers have their turn.
constexpr int kMessagesAtOnce = 256;

// It takes ZeroMQ's thread far less to close a listening socket.
constexpr int kUnbindPatienceMs = 1000;

// ZeroMQ disconnects a peer that sends a longer frame, before it takes the memory.
constexpr std::int64_t kLongestFrame = 4 * std::int64_t{ZmqSocket::kMaxBytes};

}  // namespace

struct ZmqSocket::State : std::enable_shared_from_this<State> {
    State(asio::io_context& io, zmq::context_t& ctx, zmq::socket_type type)
        : loop(io), context(ctx), socket(context, type), descriptor(io) {
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::maxmsgsize, kLongestFrame);
        descriptor.assign(socket.get(zmq::sockopt::fd));
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { Close(); }

    void Close() noexcept {
        if (std::exchange(closed, true)) return;
        // The descriptor is ZeroMQ's own and closed with the socket.
        if (descriptor.is_open()) descriptor.release();
        socket.close();
    }

    void WaitReadable() {
        descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                              [self = shared_from_this()](const boost::system::error_code& error) {
                                  if (error || self->closed) return;
                                  self->Drain();
                                  if (!self->closed) self->WaitReadable();
                              });
    }

    // A send may have taken the edge that the descriptor showed. One look behind all sends of a
    // turn of the loop is enough, and spares each of them a system call.
    void DrainLater() {
        if (!handler || closed || drain_posted) return;
        drain_posted = true;
        asio::post(loop, [self = shared_from_this()] {
            self->drain_posted = false;
            self->Drain();
        });
    }

    void Drain() {
        for (int count = 0; count < kMessagesAtOnce; ++count) {
            if (closed || !ReceiveOne()) return;
        }
        DrainLater();
    }

    // False when there is nothing to read now.
    bool ReceiveOne() {
        ZmqFrames frames;
        std::size_t bytes = 0;
        bool fits = true;
        bool more = true;
        while (more) {
            zmq::message_t frame;
            if (!Receive(frame)) return false;
            more = frame.more();
            bytes += frame.size();
            fits = fits && frames.size() < kMaxFrames && bytes <= kMaxBytes;
            if (fits) frames.push_back(frame.to_string());
        }
        if (fits) {
            handler(std::move(frames));
        } else {
            ++dropped_receives;
        }
        return true;
    }

    bool Receive(zmq::message_t& frame) noexcept {
        while (zmq_msg_recv(frame.handle(), socket.handle(), ZMQ_DONTWAIT) < 0) {
            if (zmq_errno() != EINTR) return false;
        }
        return true;
    }

    bool SendFrame(const std::string& frame, int flags) noexcept {
        while (zmq_send(socket.handle(), frame.data(), frame.size(), flags | ZMQ_DONTWAIT) < 0) {
            if (zmq_errno() != EINTR) return false;
        }
        return true;
    }

    asio::io_context& loop;
    zmq::context_t& context;
    zmq::socket_t socket;
    asio::posix::stream_descriptor descriptor;
    Handler handler;
    bool closed = false;
    bool drain_posted = false;
    std::uint64_t dropped_sends = 0;
    std::uint64_t dropped_receives = 0;
};

ZmqSocket::ZmqSocket(asio::io_context& loop, zmq::context_t& context, zmq::socket_type type)
    : state_(std::make_shared<State>(loop, context, type)) {}

ZmqSocket::~ZmqSocket() {
    state_->Close();
}

zmq::socket_t& ZmqSocket::raw() {
    return state_->socket;
}

std::string ZmqSocket::Bind(const std::string& endpoint) {
    try {
        state_->socket.bind(endpoint);
    } catch (const zmq::error_t& error) {
        throw std::runtime_error("cannot bind " + endpoint + ": " + error.what());
    }
    state_->DrainLater();
    return state_->socket.get(zmq::sockopt::last_endpoint);
}

void ZmqSocket::Unbind(const std::string& endpoint) noexcept {
    zmq::socket_t& socket = state_->socket;
    try {
        zmq::socket_t events(state_->context, zmq::socket_type::pair);
        events.set(zmq::sockopt::rcvtimeo, kUnbindPatienceMs);
        const std::string address =
            "inproc://unbind-" + std::to_string(reinterpret_cast<std::uintptr_t>(state_.get()));
        zmq_socket_monitor(socket.handle(), address.c_str(), ZMQ_EVENT_CLOSED);
        events.connect(address);
        socket.unbind(endpoint);
        zmq::message_t closed;
        static_cast<void>(events.recv(closed));
    } catch (const zmq::error_t&) {
        // It was not bound.
    }
    zmq_socket_monitor(socket.handle(), nullptr, 0);
    state_->DrainLater();
}

void ZmqSocket::Connect(const std::string& endpoint) {
    try {
        state_->socket.connect(endpoint);
    } catch (const zmq::error_t& error) {
        throw std::runtime_error("cannot connect to " + endpoint + ": " + error.what());
    }
    state_->DrainLater();
}

void ZmqSocket::OnMessage(Handler handler) {
    state_->handler = std::move(handler);
    state_->WaitReadable();
    state_->DrainLater();
}

bool ZmqSocket::Send(const ZmqFrames& frames) {
    bool taken = true;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const bool last = i + 1 == frames.size();
        taken = state_->SendFrame(frames[i], last ? 0 : ZMQ_SNDMORE) && taken;
        // A message that has begun is carried through: the next one must not become its tail.
        if (!taken && i == 0) break;
    }
    if (!taken) ++state_->dropped_sends;
    state_->DrainLater();
    return taken;
}

std::uint64_t ZmqSocket::dropped_sends() const {
    return state_->dropped_sends;
}

std::uint64_t ZmqSocket::dropped_receives() const {
    return state_->dropped_receives;
}

}  // namespace aircheck::event

// SPDX-License-Identifier: MIT
#include "supervisor/handover_link.h"

#include <utility>

namespace aircheck::supervisor {

using takeover::Channel;

struct HandoverLink::State {
    State(boost::asio::io_context& loop, Channel given, Handlers what)
        : channel(std::move(given)), descriptor(loop, channel.fd()), handlers(std::move(what)) {}
    ~State() { descriptor.release(); }

    static void Wait(const std::shared_ptr<State>& state) {
        state->descriptor.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                     [state](const boost::system::error_code& error) {
                                         if (!error && state->Read()) Wait(state);
                                     });
    }

    bool Read() {
        for (;;) {
            takeover::Parcel parcel;
            switch (channel.TryReceive(parcel)) {
                case Channel::Result::kWouldBlock:
                    return true;
                case Channel::Result::kClosed:
                    return Close("it is gone");
                case Channel::Result::kRefused:
                    return Close("it sent what is no message");
                case Channel::Result::kDone:
                    break;
            }
            auto decoded = proto::DecodeHandover(parcel.bytes);
            if (const auto* error = std::get_if<proto::DecodeError>(&decoded))
                return Close("it cannot be understood: " + error->reason);
            if (!handlers.message) return false;
            handlers.message(std::move(std::get<proto::Handover>(decoded)), std::move(parcel.fds));
        }
    }

    bool Close(const std::string& reason) {
        if (const auto closed = std::exchange(handlers, {}).closed) closed(reason);
        return false;
    }

    Channel channel;
    boost::asio::posix::stream_descriptor descriptor;  // borrows the channel's
    Handlers handlers;
};

HandoverLink::HandoverLink(boost::asio::io_context& loop, Channel channel, Handlers handlers)
    : state_(std::make_shared<State>(loop, std::move(channel), std::move(handlers))) {
    State::Wait(state_);
}

HandoverLink::~HandoverLink() {
    state_->handlers = {};
    boost::system::error_code ignored;
    state_->descriptor.cancel(ignored);
}

bool HandoverLink::Send(const proto::Handover& message, const std::vector<int>& fds) {
    return state_->channel.TrySend(proto::Encode(message), fds) == Channel::Result::kDone;
}

}  // namespace aircheck::supervisor

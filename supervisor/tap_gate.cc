// SPDX-License-Identifier: MIT
#include "supervisor/tap_gate.h"

#include <zmq.h>

#include <algorithm>

#include "common/log/log.h"
#include "common/util/text.h"

namespace aircheck::supervisor {
namespace {

constexpr const char* kEndpoint = "inproc://zeromq.zap.01";
constexpr const char* kVersion = "1.0";
constexpr std::size_t kKeyBytes = 32;

// The frames of a request.
enum Request { kVersionFrame, kId, kDomainFrame, kAddress, kIdentity, kMechanism, kKey, kFrames };

std::string Decoded(const std::string& key) {
    std::string bytes(kKeyBytes, '\0');
    zmq_z85_decode(reinterpret_cast<std::uint8_t*>(bytes.data()), key.c_str());
    return bytes;
}

}  // namespace

TapGate::TapGate(boost::asio::io_context& loop, zmq::context_t& context,
                 const std::vector<std::string>& clients)
    : socket_(loop, context, zmq::socket_type::rep) {
    std::transform(clients.begin(), clients.end(), std::back_inserter(clients_), Decoded);
    socket_.Bind(kEndpoint);
    socket_.OnMessage([this](const event::ZmqFrames& request) { Answer(request); });
}

bool TapGate::IsAllowed(const event::ZmqFrames& request) const {
    return request.size() == kFrames && request[kVersionFrame] == kVersion &&
           request[kDomainFrame] == kDomain && request[kMechanism] == "CURVE" &&
           std::find(clients_.begin(), clients_.end(), request[kKey]) != clients_.end();
}

void TapGate::Answer(const event::ZmqFrames& request) {
    const bool allowed = IsAllowed(request);
    if (!allowed && request.size() > kAddress)
        log::debug("tap: a client at {} is not listed", util::CleanUtf8(request[kAddress]));
    const std::string id = request.size() > kId ? request[kId] : "";
    socket_.Send({kVersion, id, allowed ? "200" : "400", allowed ? "OK" : "not listed", "", ""});
}

}  // namespace aircheck::supervisor

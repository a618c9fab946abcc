// SPDX-License-Identifier: MIT
#include "supervisor/beat_receiver.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/config/values.h"
#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"
#include "proto/beat.h"

namespace aircheck::supervisor {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

// Between two of these, whatever else waits for the loop gets its turn.
constexpr int kReceivesAtOnce = 256;
constexpr std::size_t kTellAtOnce = 256;

// Thousands of machines that were started by one power switch beat at the same time. The system
// may grant less.
constexpr int kBufferBytes = 1 << 20;

constexpr std::size_t kNamesInLog = 5;

int OpenSocket(const udp::endpoint& address, const std::string& name) {
    util::UniqueFd fd(
        socket(address.protocol().family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const bool ok =
        fd && bind(fd.get(), address.data(), static_cast<socklen_t>(address.size())) == 0;
    if (!ok) util::ThrowErrno("cannot hear machines on " + name);
    setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof kBufferBytes);
    return fd.release();
}

bool IsMissingFamily(const std::error_code& error) {
    return error.value() == EAFNOSUPPORT || error.value() == EADDRNOTAVAIL;
}

}  // namespace

BeatReceiver::BeatReceiver(asio::io_context& loop, const time::Clock& clock,
                           const config::MachinesConfig& config, RemoteMachines::Publish publish)
    : loop_(loop),
      config_(config),
      publish_(std::move(publish)),
      machines_(config, clock, [this](const proto::MachineEvent& event) { Note(event); }),
      timer_(loop) {
    Listen(config.listen);
}

// "localhost" may mean two addresses, also on machines that do without IPv6.
void BeatReceiver::Listen(const config::Endpoint& endpoint) {
    const std::string name = config::Print(endpoint);
    boost::system::error_code error;
    const auto addresses = udp::resolver(loop_).resolve(
        endpoint.host, std::to_string(endpoint.port),
        udp::resolver::passive | udp::resolver::numeric_service, error);
    if (error) throw std::runtime_error("cannot hear machines on " + name + ": " + error.message());
    std::exception_ptr missing;
    for (const auto& entry : addresses) {
        const udp::endpoint address = entry.endpoint();
        try {
            sockets_.emplace_back(loop_, address.protocol(), OpenSocket(address, name));
            sockets_.back().non_blocking(true);
        } catch (const std::system_error& failure) {
            if (!IsMissingFamily(failure.code())) throw;
            missing = std::current_exception();
        }
    }
    if (missing && sockets_.empty()) std::rethrow_exception(missing);
}

void BeatReceiver::Start() {
    log::info("machines: hearing them on {}, {} expected", config::Print(config_.listen),
              machines_.size());
    for (auto& socket : sockets_) WaitFor(socket);
    timer_.expires_after(config_.check);
    WaitForCheck();
}

void BeatReceiver::WaitFor(Socket& socket) {
    socket.async_wait(Socket::wait_read, [this, &socket](const boost::system::error_code& error) {
        if (error) return;
        Read(socket);
        WaitFor(socket);
    });
}

void BeatReceiver::Read(Socket& socket) {
    std::array<char, proto::kMaxBeatBytes + 1> buffer;  // what fills it is too long
    udp::endpoint sender;
    boost::system::error_code error;
    for (int i = 0; i < kReceivesAtOnce; ++i) {
        const std::size_t size = socket.receive_from(asio::buffer(buffer), sender, 0, error);
        if (error) return;
        const auto name = proto::DecodeBeat({buffer.data(), size});
        if (!name) {
            ++malformed_;
        } else if (!machines_.Hear(proto::MachineId(sender.address(), *name))) {
            ++dropped_;
        }
    }
}

void BeatReceiver::WaitForCheck() {
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) Check();
    });
}

void BeatReceiver::Check() {
    if (machines_.Check(kTellAtOnce)) {
        asio::post(loop_, [this] { Check(); });
        return;
    }
    Report();
    timer_.expires_after(config_.check);
    WaitForCheck();
}

void BeatReceiver::Note(const proto::MachineEvent& event) {
    publish_(event);
    if (event.event == "forgotten") {
        ++forgotten_;
        return;
    }
    Change& change = event.event == "heard"    ? heard_
                     : event.event == "silent" ? silent_
                                               : returned_;
    if (++change.count > kNamesInLog) return;
    if (change.count > 1) change.names += ", ";
    change.names += event.machine;
}

void BeatReceiver::Report() {
    for (const auto& [what, change] : {std::pair{"new", &heard_}, {"back", &returned_}}) {
        if (change->count == 0) continue;
        log::info("machines: {} {}: {}{}", change->count, what, change->names,
                  change->count > kNamesInLog ? ", …" : "");
    }
    if (silent_.count > 0) {
        log::warn("machines: {} fell silent: {}{}; silent are {} of {}", silent_.count,
                  silent_.names, silent_.count > kNamesInLog ? ", …" : "", machines_.silent(),
                  machines_.size());
    }
    heard_ = silent_ = returned_ = {};
    if (const auto refused = forgotten_ + dropped_ + malformed_; refused != reported_) {
        reported_ = refused;
        log::warn(
            "machines: so far {} silent ones forgotten, {} heartbeats of new ones dropped for want "
            "of room, {} datagrams that were no heartbeats",
            forgotten_, dropped_, malformed_);
    }
}

}  // namespace aircheck::supervisor

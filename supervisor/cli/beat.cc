// SPDX-License-Identifier: MIT
#include "supervisor/cli/beat.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"
#include "common/util/units.h"

namespace aircheck::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::hours kLongestPeriod{24};

struct FreeAddresses {
    void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Clock::duration ReadPeriod(const std::string& text) {
    auto period = util::ParseDuration(text);
    if (!period) period = util::ParseDuration(text + "s");
    if (!period || period->count() <= 0 || *period > kLongestPeriod) {
        throw std::runtime_error("--period " + text +
                                 ": expected seconds, or as in 5s or 1m, up to a day");
    }
    return *period;
}

Addresses Resolve(const BeatOptions& options) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* list = nullptr;
    const std::string port = std::to_string(options.port);
    const int error = getaddrinfo(options.host.c_str(), port.c_str(), &hints, &list);
    if (error != 0) {
        throw std::runtime_error(
            fmt::format("--host {}: {}", options.host,
                        error == EAI_SYSTEM ? util::ErrnoText(errno) : gai_strerror(error)));
    }
    return Addresses(list);
}

// aircheckd hears IPv4 unless told otherwise, so that is preferred: nobody would tell of an error.
const addrinfo& Choose(const Addresses& addresses) {
    for (const addrinfo* a = addresses.get(); a != nullptr; a = a->ai_next) {
        if (a->ai_family == AF_INET) return *a;
    }
    return *addresses;
}

}  // namespace

int Beat(const BeatOptions& options) {
    if (!options.name.empty() && !proto::IsBeatName(options.name)) {
        throw std::runtime_error("--name " + options.name +
                                 ": expected up to 64 letters, digits, dots, hyphens or _");
    }
    const auto period = ReadPeriod(options.period);
    const Addresses addresses = Resolve(options);
    const addrinfo& to = Choose(addresses);
    const util::UniqueFd fd(socket(to.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd) util::ThrowErrno("cannot make a UDP socket");
    const std::string beat = proto::EncodeBeat(options.name);
    fmt::print(stderr, "aircheck: sending heartbeats to {}, UDP port {}; Ctrl-C ends\n",
               options.host, options.port);
    int last_error = 0;
    for (auto next = Clock::now();; std::this_thread::sleep_until(next)) {
        const bool sent =
            sendto(fd.get(), beat.data(), beat.size(), 0, to.ai_addr, to.ai_addrlen) >= 0;
        const int error = sent ? 0 : errno;
        if (error != last_error) {
            fmt::print(stderr, "aircheck: {}\n",
                       sent ? "sending again" : "cannot send: " + util::ErrnoText(error));
        }
        last_error = error;
        next = std::max(next + period, Clock::now());
    }
}

}  // namespace aircheck::cli

// SPDX-License-Identifier: MIT
// Many listeners in one thread, as cheap as can be: the kernel drops what they hear. Tells whether
// the player of any of them would have run dry; see live.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/bench/program.h"

namespace {

using aircheck::bench::Fail;
using aircheck::bench::Number;
using aircheck::bench::RaiseFileLimit;

using Clock = std::chrono::steady_clock;

// Icecast's queue of connections is short.
constexpr std::chrono::milliseconds kConnectSpacing{3};
constexpr int kEventsAtOnce = 512;
constexpr int kWaitMs = 1;
constexpr int kGatherBytes = 8000;  // half a second: one wake-up for what comes at once
constexpr int kPerAddress = 5000;   // of the ports that an address has
constexpr std::size_t kDropBytes = 1 << 20;

sockaddr_in Address(std::uint32_t host, int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(host);
    return address;
}

struct Listener {
    int socket = -1;
    std::uint64_t bytes = 0;
    Clock::time_point first;
};

class Swarm {
public:
    Swarm(int port, std::string request, double bytes_per_second)
        : set_(::epoll_create1(EPOLL_CLOEXEC)),
          port_(port),
          request_(std::move(request)),
          bytes_per_second_(bytes_per_second) {}

    void Add() {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (socket < 0) Fail("socket");
        const auto host =
            INADDR_LOOPBACK + 1 + static_cast<std::uint32_t>(listeners_.size()) / kPerAddress;
        const sockaddr_in from = Address(host, 0);
        const sockaddr_in to = Address(INADDR_LOOPBACK, port_);
        const int on = 1;
        ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        if (::bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
            Fail("bind");
        if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
            Fail("connect");
        ::setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &kGatherBytes, sizeof kGatherBytes);
        if (::write(socket, request_.data(), request_.size()) < 0) Fail("request");
        epoll_event event{};
        event.events = EPOLLIN | EPOLLRDHUP;
        event.data.u64 = listeners_.size();
        if (::epoll_ctl(set_, EPOLL_CTL_ADD, socket, &event) != 0) Fail("epoll_ctl");
        listeners_.push_back({socket, 0, {}});
    }

    void ServeUntil(Clock::time_point end) {
        std::array<epoll_event, kEventsAtOnce> events;
        while (Clock::now() < end) {
            const int count = ::epoll_wait(set_, events.data(), kEventsAtOnce, kWaitMs);
            for (int i = 0; i < count; ++i)
                Take(listeners_[events[static_cast<std::size_t>(i)].data.u64]);
        }
    }

    /// How many have heard something.
    int running() const { return running_; }

    /// From now on.
    void StartMeasuring() {
        for (const Listener& listener : listeners_) before_.push_back(listener.bytes);
        least_left_ = std::numeric_limits<double>::max();
    }

    void Report(double seconds) const {
        std::vector<double> rates;
        for (std::size_t i = 0; i < listeners_.size(); ++i)
            rates.push_back(static_cast<double>(listeners_[i].bytes - before_[i]) / seconds);
        std::ranges::sort(rates);
        std::printf(
            "{\"listeners\": %zu, \"ended\": %d, \"least_seconds_in_hand\": %.2f, "
            "\"least_bytes_per_second\": %.0f, \"median_bytes_per_second\": %.0f}\n",
            listeners_.size(), ended_, least_left_, rates.front(), rates[rates.size() / 2]);
    }

private:
    void Take(Listener& listener) {
        const ssize_t size = ::recv(listener.socket, nullptr, kDropBytes, MSG_DONTWAIT | MSG_TRUNC);
        if (size < 0 && errno == EAGAIN) return;
        if (size <= 0) {
            ++ended_;
            ::close(listener.socket);
            return;
        }
        const auto now = Clock::now();
        if (listener.bytes == 0) {
            listener.first = now;
            ++running_;
        } else {
            // What a player that began at its first byte has not played yet.
            const std::chrono::duration<double> played = now - listener.first;
            const double had = static_cast<double>(listener.bytes) / bytes_per_second_;
            least_left_ = std::min(least_left_, had - played.count());
        }
        listener.bytes += static_cast<std::uint64_t>(size);
    }

    int set_;
    int port_;
    std::string request_;
    double bytes_per_second_;
    std::vector<Listener> listeners_;
    std::vector<std::uint64_t> before_;
    int running_ = 0;
    int ended_ = 0;
    double least_left_ = std::numeric_limits<double>::max();
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fputs("usage: listener-swarm PORT PATH LISTENERS SECONDS BYTES_PER_SECOND\n", stderr);
        return EXIT_FAILURE;
    }
    const int count = Number(argv[3]);
    const std::chrono::seconds seconds{Number(argv[4])};
    RaiseFileLimit();
    Swarm swarm(Number(argv[1]),
                "GET " + std::string(argv[2]) + " HTTP/1.0\r\nHost: localhost\r\n\r\n",
                Number(argv[5]));
    auto next = Clock::now();
    for (int i = 0; i < count; ++i) {
        swarm.Add();
        next += kConnectSpacing;
        swarm.ServeUntil(next);
    }
    const auto patience = Clock::now() + std::chrono::seconds{30};
    while (swarm.running() < count && Clock::now() < patience)
        swarm.ServeUntil(Clock::now() + std::chrono::milliseconds{100});
    swarm.ServeUntil(Clock::now() + std::chrono::seconds{3});
    swarm.StartMeasuring();
    std::puts("running");
    std::fflush(stdout);
    swarm.ServeUntil(Clock::now() + seconds);
    swarm.Report(static_cast<double>(seconds.count()));
}

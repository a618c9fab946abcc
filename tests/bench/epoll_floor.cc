// SPDX-License-Identifier: MIT
// What a plain client pays for recording one stream many times in one thread: epoll, and a recv
// and a write for each packet. The measure for the downloader; see capacity.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/program.h"

namespace {

using aircheck::bench::Fail;
using aircheck::bench::Number;
using aircheck::bench::RaiseFileLimit;

// Icecast's queue of connections is short.
constexpr std::chrono::milliseconds kConnectSpacing{3};

constexpr std::size_t kBufferBytes = 65536;
constexpr int kEventsAtOnce = 256;

struct Stream {
    int socket = -1;
    int file = -1;
    bool seen = false;
};

Stream Connect(int port, const std::string& path, const std::string& file, int gather_bytes) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Stream stream;
    stream.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(stream.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        Fail("connect");
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    if (::write(stream.socket, request.data(), request.size()) < 0) Fail("request");
    if (gather_bytes > 0)
        ::setsockopt(stream.socket, SOL_SOCKET, SO_RCVLOWAT, &gather_bytes, sizeof gather_bytes);
    stream.file = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (stream.file < 0) Fail(file.c_str());
    return stream;
}

class Floor {
public:
    Floor(std::size_t count) : set_(::epoll_create1(EPOLL_CLOEXEC)) { streams_.reserve(count); }

    void Add(const Stream& stream) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = streams_.size();
        if (::epoll_ctl(set_, EPOLL_CTL_ADD, stream.socket, &event) != 0) Fail("epoll_ctl");
        streams_.push_back(stream);
    }

    void Serve(int timeout_ms) {
        std::array<epoll_event, kEventsAtOnce> events;
        const int count = ::epoll_wait(set_, events.data(), kEventsAtOnce, timeout_ms);
        for (int i = 0; i < count; ++i)
            Take(streams_[events[static_cast<std::size_t>(i)].data.u64]);
    }

    /// How many streams have delivered something.
    std::size_t running() const { return running_; }

private:
    void Take(Stream& stream) {
        const ssize_t size = ::recv(stream.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
        if (size < 0 && errno == EAGAIN) return;
        if (size <= 0) Fail("a stream has ended");
        if (::write(stream.file, buffer_.data(), static_cast<std::size_t>(size)) != size)
            Fail("write");
        if (!stream.seen) ++running_;
        stream.seen = true;
    }

    int set_;
    std::vector<Stream> streams_;
    std::array<char, kBufferBytes> buffer_;
    std::size_t running_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fputs("usage: epoll-floor PORT PATH STREAMS FOLDER GATHER_BYTES\n", stderr);
        return EXIT_FAILURE;
    }
    const std::string folder = argv[4];
    const auto count = static_cast<std::size_t>(Number(argv[3]));
    RaiseFileLimit();
    Floor floor(count);
    for (std::size_t i = 0; i < count; ++i) {
        floor.Add(
            Connect(Number(argv[1]), argv[2], folder + "/" + std::to_string(i), Number(argv[5])));
        std::this_thread::sleep_for(kConnectSpacing);
        floor.Serve(0);
    }
    while (floor.running() < count) floor.Serve(1000);
    std::puts("running");
    std::fflush(stdout);
    while (true) floor.Serve(-1);  // until it is killed
}

// SPDX-License-Identifier: MIT
// Sends heartbeats to a control socket, as they were given on standard input as one line each
// (topic, space, JSON), and counts what comes out at taps. Prints both as JSON.
#include <fcntl.h>
#include <poll.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/zmtp_peer.h"

namespace {

using namespace aircheck;
using Clock = std::chrono::steady_clock;

constexpr int kBatch = 50;  // messages, of one sender at a time

struct Sender {
    util::UniqueFd fd;
    std::string batch;
    std::size_t written = 0;  // of the batch
};

struct Tap {
    util::UniqueFd fd;
    bench::MessageCounter counter;
};

std::vector<Sender> ConnectSenders(const std::string& path) {
    std::vector<Sender> senders;
    std::array<char, 65536> line;
    while (std::fgets(line.data(), line.size(), stdin) != nullptr) {
        std::string_view text(line.data());
        if (text.ends_with('\n')) text.remove_suffix(1);
        const std::size_t space = text.find(' ');
        Sender sender{
            bench::ConnectPeer(path, "DEALER", "load-" + std::to_string(senders.size())), {}, 0};
        for (int i = 0; i < kBatch; ++i) {
            zmtp::AppendFrame(sender.batch, text.substr(0, space), true);
            zmtp::AppendFrame(sender.batch, text.substr(space + 1), false);
        }
        ::fcntl(sender.fd.get(), F_SETFL, O_NONBLOCK);
        senders.push_back(std::move(sender));
    }
    return senders;
}

std::vector<Tap> ConnectTaps(const std::string& path, int count) {
    std::vector<Tap> taps;
    for (int i = 0; i < count; ++i) {
        Tap tap{bench::ConnectPeer(path, "SUB", ""), {}};
        bench::WriteAll(tap.fd.get(), std::string("\0\x0b\1heartbeat.", 13));
        ::fcntl(tap.fd.get(), F_SETFL, O_NONBLOCK);
        taps.push_back(std::move(tap));
    }
    return taps;
}

/// Writes on; true when a batch is complete.
bool Push(Sender& sender) {
    const std::string_view left = std::string_view(sender.batch).substr(sender.written);
    const ssize_t size = ::send(sender.fd.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (size > 0) sender.written += static_cast<std::size_t>(size);
    if (sender.written < sender.batch.size()) return false;
    sender.written = 0;
    return true;
}

bool Drain(Tap& tap) {
    static std::array<char, 1 << 20> buffer;
    const ssize_t size = ::recv(tap.fd.get(), buffer.data(), buffer.size(), 0);
    if (size > 0) tap.counter.Take({buffer.data(), static_cast<std::size_t>(size)});
    return size > 0;
}

std::uint64_t Counted(const std::vector<Tap>& taps) {
    std::uint64_t sum = 0;
    for (const Tap& tap : taps) sum += tap.counter.messages();
    return sum;
}

/// Taps are read between the batches of the senders, and to the end afterwards.
std::uint64_t Run(std::vector<Sender>& senders, std::vector<Tap>& taps, double rate,
                  std::chrono::duration<double> length) {
    const auto start = Clock::now();
    std::uint64_t sent = 0;
    for (auto now = start; now - start < length; now = Clock::now()) {
        bool idle = true;
        const double due = rate * std::chrono::duration<double>(now - start).count();
        for (Sender& sender : senders) {
            if (rate > 0 && static_cast<double>(sent) >= due) break;
            if (Push(sender)) {
                sent += kBatch;
                idle = false;
            }
        }
        for (Tap& tap : taps) idle = !Drain(tap) && idle;
        if (idle) ::poll(nullptr, 0, 1);
    }
    for (auto last = Clock::now(); Clock::now() - last < std::chrono::milliseconds(300);) {
        bool idle = true;
        for (Tap& tap : taps) idle = !Drain(tap) && idle;
        if (!idle) last = Clock::now();
        ::poll(nullptr, 0, 1);
    }
    return sent;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fputs("usage: heartbeat-load CONTROL-SOCKET TAP-SOCKET TAPS RATE SECONDS\n", stderr);
        return 2;
    }
    try {
        auto taps = ConnectTaps(argv[2], std::atoi(argv[3]));
        auto senders = ConnectSenders(argv[1]);
        ::poll(nullptr, 0, 200);  // what is told on subscribing
        for (Tap& tap : taps) Drain(tap);
        const std::uint64_t before = Counted(taps);
        const double seconds = std::atof(argv[5]);
        const std::uint64_t sent =
            Run(senders, taps, std::atof(argv[4]), std::chrono::duration<double>(seconds));
        std::printf("{\"sent\": %.0f, \"passed_on\": %.0f}\n", static_cast<double>(sent) / seconds,
                    taps.empty() ? 0
                                 : static_cast<double>(Counted(taps) - before) /
                                       static_cast<double>(taps.size()) / seconds);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "heartbeat-load: %s\n", error.what());
        return 1;
    }
}

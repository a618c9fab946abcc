// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <functional>
#include <string>
#include <string_view>
#include <vector>
#include <zmq.hpp>

#include "common/util/unique_fd.h"
#include "common/zmtp/frame.h"
#include "tests/unit/support/run_until.h"
#include "tests/unit/support/temp_folder.h"

/// A peer of bare bytes, which may do what no ZeroMQ socket does.
namespace aircheck::test {

inline void ConnectTo(int fd, std::string_view endpoint) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    endpoint.copy(address.sun_path, sizeof address.sun_path - 1, std::string_view("ipc://").size());
    ASSERT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

inline util::UniqueFd ConnectPeer(std::string_view endpoint) {
    util::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ConnectTo(fd.get(), endpoint);
    return fd;
}

inline void Say(int fd, std::string_view bytes) {
    ASSERT_EQ(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
}

/// How a peer of that type begins.
inline std::string Begin(std::string_view type, std::string_view identity) {
    std::string bytes = zmtp::Greeting();
    zmtp::AppendCommand(bytes, zmtp::Ready(type, identity));
    return bytes;
}

/// Whether the other side has; what it has said before is thrown away.
inline bool HungUp(int fd) {
    std::array<char, 4096> bytes;
    ssize_t size = 0;
    do size = ::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
    while (size > 0);
    return size == 0 || errno == ECONNRESET;
}

/// Where ours listen and ZeroMQ's connect.
class EndpointTest : public testing::Test {
protected:
    void RunUntil(const std::function<bool()>& condition) {
        ASSERT_TRUE(test::RunUntil(loop_, condition));
    }

    TempFolder folder_;
    const std::string endpoint_ = "ipc://" + (folder_.path() / "socket").string();
    boost::asio::io_context loop_;
    zmq::context_t context_;
    std::vector<std::string> refused_;
};

}  // namespace aircheck::test

// SPDX-License-Identifier: MIT
#include "supervisor/listener.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "common/util/text.h"

namespace aircheck::supervisor {
namespace {

int PortOf(const Listener& listener) {
    const auto colon = listener.address.rfind(':');
    return static_cast<int>(
        util::ParseInteger(std::string_view(listener.address).substr(colon + 1)).value_or(0));
}

TEST(Listener, IsNonBlockingAndClosedOnExec) {
    const auto listeners = Listen({{"127.0.0.1", 0}});
    ASSERT_EQ(listeners.size(), 1u);
    EXPECT_THAT(listeners[0].address, testing::StartsWith("127.0.0.1:"));
    EXPECT_TRUE(fcntl(listeners[0].fd.get(), F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(fcntl(listeners[0].fd.get(), F_GETFD) & FD_CLOEXEC);
}

TEST(Listener, ABusyPortIsLeftToItsHolderAndNamed) {
    const auto first = Listen({{"127.0.0.1", 0}});
    const auto port = static_cast<std::uint16_t>(PortOf(first[0]));
    try {
        Listen({{"127.0.0.1", port}});
        FAIL() << "listened twice";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr(first[0].address));
    }
}

TEST(Listener, BothFamiliesShareAPort) {
    const auto v4 = Listen({{"0.0.0.0", 0}});
    const auto port = static_cast<std::uint16_t>(PortOf(v4[0]));
    EXPECT_NO_THROW(Listen({{"::", port}}));
}

TEST(Listener, AHostThatIsNoneIsNamed) {
    try {
        Listen({{"no such host", 1}});
        FAIL() << "listened nowhere";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("no such host:1"));
    }
}

std::vector<util::UniqueFd> One(int fd) {
    std::vector<util::UniqueFd> sockets;
    sockets.emplace_back(fd);
    return sockets;
}

TEST(Listener, AdoptsOneThatIsOpen) {
    for (const char* host : {"127.0.0.1", "::1"}) {
        auto opened = Listen({{host, 0}});
        const int fd = opened[0].fd.release();
        ASSERT_EQ(fcntl(fd, F_SETFL, 0), 0);
        const auto adopted = Adopt(One(fd));
        ASSERT_EQ(adopted.size(), 1u);
        EXPECT_EQ(adopted[0].fd.get(), fd);
        EXPECT_EQ(adopted[0].address, opened[0].address);
        EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
    }
}

TEST(Listener, AdoptsNothingThatCannotBeListenedOn) {
    const int datagram = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    for (const int fd : {open("/dev/null", O_RDONLY | O_CLOEXEC), datagram, silent, local}) {
        try {
            Adopt(One(fd));
            FAIL() << "adopted descriptor " << fd;
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), testing::HasSubstr("descriptor " + std::to_string(fd)));
            EXPECT_THAT(error.what(), testing::HasSubstr("ListenStream"));
        }
    }
}

}  // namespace
}  // namespace aircheck::supervisor

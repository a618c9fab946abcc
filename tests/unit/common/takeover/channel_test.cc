// SPDX-License-Identifier: MIT
#include "common/takeover/channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <array>
#include <filesystem>
#include <string>
#include <thread>

#include "common/takeover/async_channel.h"

namespace aircheck::takeover {
namespace {

using namespace std::chrono_literals;
using Result = Channel::Result;

std::string ReadFrom(int fd) {
    std::string text(100, '\0');
    const ssize_t got = ::read(fd, text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

std::ptrdiff_t OpenFiles() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

class ChannelTest : public testing::Test {
protected:
    /// A pipe's end to read from, with `text` in it.
    static util::UniqueFd PipeWith(const std::string& text) {
        std::array<int, 2> ends{-1, -1};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        const util::UniqueFd in(ends[1]);
        EXPECT_EQ(::write(in.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
        return util::UniqueFd(ends[0]);
    }

    /// What no Channel would send.
    void SendRaw(const std::string& bytes) {
        EXPECT_EQ(::send(ends_.first.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }

    std::pair<Channel, Channel> ends_ = Channel::Pair();
};

TEST_F(ChannelTest, CarriesMessagesWithFiles) {
    std::vector<util::UniqueFd> files;
    for (const char* text : {"a", "b", "c"}) files.push_back(PipeWith(text));
    EXPECT_EQ(ends_.first.Send("{}", Numbers(files), 1s), Result::kDone);
    EXPECT_EQ(ends_.first.Send("second", {}, 1s), Result::kDone);
    Parcel parcel;
    ASSERT_EQ(ends_.second.Receive(parcel, 1s), Result::kDone);
    EXPECT_EQ(parcel.bytes, "{}");
    ASSERT_EQ(parcel.fds.size(), 3u);
    EXPECT_EQ(ReadFrom(parcel.fds[0].get()) + ReadFrom(parcel.fds[2].get()), "ac");
    EXPECT_NE(::fcntl(parcel.fds[0].get(), F_GETFD) & FD_CLOEXEC, 0);
    ASSERT_EQ(ends_.second.Receive(parcel, 1s), Result::kDone);
    EXPECT_EQ(parcel.bytes, "second");
    EXPECT_TRUE(parcel.fds.empty());
    EXPECT_TRUE(ends_.first.PeerIsTrusted());
}

TEST_F(ChannelTest, CarriesMessagesOfAnyLength) {
    std::vector<util::UniqueFd> files;
    for (std::size_t i = 0; i < Channel::kMaxFds; ++i) files.push_back(PipeWith("x"));
    for (const std::size_t size : {std::size_t{1}, std::size_t{32'768}, std::size_t{32'769},
                                   std::size_t{3'000'000}, Channel::kMaxBytes}) {
        const std::string bytes(size, size % 2 == 0 ? '@' : 'x');
        ASSERT_EQ(ends_.first.Send(bytes, Numbers(files), 1s), Result::kDone) << size;
        Parcel parcel;
        ASSERT_EQ(ends_.second.Receive(parcel, 1s), Result::kDone) << size;
        EXPECT_TRUE(parcel.bytes == bytes) << size;
        EXPECT_EQ(parcel.fds.size(), files.size());
    }
    EXPECT_EQ(ends_.first.Send(std::string(Channel::kMaxBytes + 1, 'x'), {}, 1s), Result::kRefused);
    EXPECT_EQ(ends_.first.Send("", {}, 1s), Result::kRefused);
    files.push_back(PipeWith("x"));
    EXPECT_EQ(ends_.first.Send("x", Numbers(files), 1s), Result::kRefused);
    const int closed = 9999;
    EXPECT_EQ(ends_.first.Send("x", {&closed, 1}, 1s), Result::kRefused);
}

TEST_F(ChannelTest, WaitsForRoomAndForMessages) {
    Parcel parcel;
    EXPECT_EQ(ends_.second.Receive(parcel, 10ms), Result::kWouldBlock);
    const std::string bytes(30'000, 'x');
    int sent = 0;
    while (ends_.first.Send(bytes, {}, 10ms) == Result::kDone) ++sent;
    EXPECT_GT(sent, 2);
    std::thread reader([&] {
        for (int i = 0; i <= sent; ++i) EXPECT_EQ(ends_.second.Receive(parcel, 5s), Result::kDone);
    });
    EXPECT_EQ(ends_.first.Send(bytes, {}, 5s), Result::kDone);
    reader.join();
}

TEST_F(ChannelTest, TellsThatTheOtherEndIsGone) {
    EXPECT_EQ(ends_.first.Send("last", {}, 1s), Result::kDone);
    ends_.first.Release().Close();
    Parcel parcel;
    EXPECT_EQ(ends_.second.Receive(parcel, 1s), Result::kDone);
    EXPECT_EQ(parcel.bytes, "last");
    EXPECT_EQ(ends_.second.Receive(parcel, 1s), Result::kClosed);
    EXPECT_EQ(ends_.second.Send("x", {}, 1s), Result::kClosed);
    EXPECT_THROW(Channel::Connect("/nonexistent/socket"), std::system_error);
    EXPECT_THROW(Channel::Connect(std::string(200, 'x')), std::system_error);
}

TEST_F(ChannelTest, ReceivesWhatWasSentBeforeItStopped) {
    EXPECT_EQ(ends_.first.Send("before", {}, 1s), Result::kDone);
    ends_.second.StopReceiving();
    EXPECT_EQ(ends_.first.Send("after", {}, 1s), Result::kClosed);
    Parcel parcel;
    EXPECT_EQ(ends_.second.Receive(parcel, 1s), Result::kDone);
    EXPECT_EQ(parcel.bytes, "before");
    EXPECT_EQ(ends_.second.Receive(parcel, 1s), Result::kClosed);
}

TEST_F(ChannelTest, RefusesWhatIsNoMessage) {
    const std::ptrdiff_t before = OpenFiles();
    const std::string cases[] = {
        "@", "@-1", "@x", "@1", "@99999999999999999999999", std::string(40'000, 'x')};
    for (const std::string& bytes : cases) SendRaw(bytes);
    Parcel parcel;
    for (const std::string& bytes : cases)
        EXPECT_EQ(ends_.second.Receive(parcel, 1s), Result::kRefused) << bytes.substr(0, 30);
    EXPECT_EQ(ends_.second.refused(), std::size(cases));

    // The bytes are said to be in a pipe; in a file of another size.
    const util::UniqueFd pipe = PipeWith("abc");
    const util::UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    for (const int fd : {pipe.get(), file.get()}) {
        iovec data{const_cast<char*>("@3"), 2};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fd)> control{};
        msghdr message{.msg_iov = &data,
                       .msg_iovlen = 1,
                       .msg_control = control.data(),
                       .msg_controllen = control.size()};
        *CMSG_FIRSTHDR(&message) = {CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
        std::memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &fd, sizeof fd);
        ASSERT_EQ(::sendmsg(ends_.first.fd(), &message, 0), 2);
        EXPECT_EQ(ends_.second.Receive(parcel, 1s), Result::kRefused);
    }
    EXPECT_EQ(OpenFiles(), before + 2);
    EXPECT_EQ(ends_.first.Send("x", {}, 1s), Result::kDone);
    EXPECT_EQ(ends_.second.Receive(parcel, 1s), Result::kDone);
}

TEST_F(ChannelTest, WaitsOnTheLoop) {
    boost::asio::io_context loop;
    AsyncChannel first(loop, std::move(ends_.first));
    AsyncChannel second(loop, std::move(ends_.second));
    constexpr int kMessages = 100;
    std::string received;
    Result last = Result::kDone;
    const auto send = [&]() -> boost::asio::awaitable<void> {
        const std::string bytes(30'000, 'x');
        const std::vector<int> fds;
        for (int i = 0; i < kMessages; ++i) {
            const Result result = co_await first.Send(bytes, fds);
            EXPECT_EQ(result, Result::kDone);
        }
    };
    const auto receive = [&]() -> boost::asio::awaitable<void> {
        Parcel parcel;
        for (int i = 0; i < kMessages; ++i) {
            const Result result = co_await second.Receive(parcel);
            EXPECT_EQ(result, Result::kDone);
            received += parcel.bytes;
        }
        boost::asio::post(loop, [&] { second.Close(); });
        last = co_await second.Receive(parcel);
    };
    boost::asio::co_spawn(loop, send, boost::asio::detached);
    boost::asio::co_spawn(loop, receive, boost::asio::detached);
    loop.run_for(10s);
    EXPECT_EQ(received.size(), 30'000u * kMessages);
    EXPECT_EQ(last, Result::kClosed);
}

}  // namespace
}  // namespace aircheck::takeover

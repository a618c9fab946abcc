// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <future>
#include <random>

#include "tests/unit/webapi/takeover/takeover_fixture.h"

namespace aircheck::webapi {
namespace {

using namespace std::chrono_literals;
using takeover::Channel;
using takeover::Parcel;
using testing::HasSubstr;

class TakeoverTest : public TakeoverFixture {
protected:
    /// A successor of the test's own, at the same path.
    util::UniqueFd FakeSuccessor() const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        socket_.native().copy(address.sun_path, sizeof address.sun_path - 1);
        util::UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(socket.get(), 5), 0);
        return socket;
    }

    static Channel Accept(const util::UniqueFd& listener) {
        return Channel(util::UniqueFd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    }

    /// Until the older server has nothing to do but to wait for this client.
    void WaitForSending(Client& client, std::size_t bytes) {
        client.Receive(bytes);
        std::uint64_t before = 0;
        EXPECT_TRUE(Wait([&] {
            const std::uint64_t sent = older_->server.stats().bytes_sent;
            return std::exchange(before, sent) == sent;
        }));
    }

    std::uint64_t SentByNewer() {
        std::uint64_t sent = 0;
        OnLoop([&] { sent = newer_->server.stats().bytes_sent; });
        return sent;
    }
};

TEST_F(TakeoverTest, IdleConnectionsGoWithWhatTheyHaveSaidAlready) {
    Client fresh(port_);
    Client half(port_);
    half.Send("POST /s/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf of ");
    Client idle(port_);
    idle.Send(Head("/s/2"));
    idle.ReceiveUntil("</s/2>");
    EXPECT_TRUE(Wait([this] { return older_->server.connections() == 3; }));
    HandAllOver(3);
    half.Send("it" + Head("/s/3"));
    EXPECT_THAT(half.ReceiveUntil("</s/3>"), HasSubstr("</s/1>HTTP/1.1 200 OK"));
    idle.Send(Head("/s/4"));
    EXPECT_THAT(idle.ReceiveUntil("</s/4>"), HasSubstr("Connection: keep-alive"));
    fresh.Send(Head("/s/5", "Connection: close\r\n"));
    EXPECT_THAT(fresh.ReceiveAll(), HasSubstr("</s/5>"));
    EXPECT_TRUE(fresh.ended());
}

TEST_F(TakeoverTest, RequestsInFlightAreAnsweredAndThoseBehindThemGoAlong) {
    Client client(port_);
    client.Send(Head("/slow/1") + Head("/s/2") + Head("/slow/3") + Head("/s/4").substr(0, 9));
    EXPECT_TRUE(Wait([this] { return older_->server.connections() == 1; }));
    HandAllOver(1);
    client.Send(Head("/s/4").substr(9));
    const std::string all = client.ReceiveUntil("</s/4>");
    const std::size_t second = all.find("</s/2>");
    EXPECT_LT(all.find("</slow/1>"), second);
    EXPECT_LT(second, all.find("</slow/3>"));
    EXPECT_EQ(all.find("Connection: close"), std::string::npos);
    OnLoop([this] { EXPECT_EQ(older_->server.stats().hits, 1u); });
}

TEST_F(TakeoverTest, SlicesAndTextsGoOnWhereTheyWere) {
    SlowClient slice(port_);
    slice.Send(Head(Slice("kpcc", 0, 1170)));
    SlowClient range(port_);
    range.Send(Head(Slice("kpcc", 0, 1170), "Range: bytes=1000001-17000000\r\n"));
    SlowClient text(port_);
    text.Send(Head("/big"));
    for (Client* client : {&slice, &range, &text}) WaitForSending(*client, 1'000'000);
    HandAllOver(3);

    const std::string all = FakeFrames(0, kSegments * kFrames);
    const std::string head = slice.ReceiveUntil("\r\n\r\n");
    const std::size_t size = std::stoul(HeaderOf(head, "Content-Length"));
    slice.Send(Head("/s/after"));
    for (Client* client : {&range, &text}) client->Send(Head("/s/after", "Connection: close\r\n"));
    // At once: who takes nothing for long is cut off.
    auto part = std::async(std::launch::async, [&] { return BodyOf(range.ReceiveAll()); });
    auto big = std::async(std::launch::async, [&] { return BodyOf(text.ReceiveAll()); });
    const std::string whole = BodyOf(slice.ReceiveUntil("</s/after>"));
    EXPECT_TRUE(whole.substr(0, size) == all.substr(0, size));
    EXPECT_TRUE(whole.substr(size).starts_with("HTTP/1.1 200 OK"));
    EXPECT_TRUE(part.get().starts_with(all.substr(1'000'001, 16'000'000)));
    EXPECT_TRUE(big.get().starts_with(std::string(20'000'000, 'x') + "HTTP/1.1"));
    EXPECT_GT(SentByNewer(), 20'000'000u);
}

TEST_F(TakeoverTest, OggSlicesGoOnWhereTheyWere) {
    const std::string target = Slice("opus", 3, 122);
    const std::string expected = BodyOf(Client::Get(port_, target));
    ASSERT_GT(expected.size(), 10'000'000u);
    for (const std::size_t part : {1'000'000u, 9'500'000u}) {
        SlowClient client(port_);
        client.Send(Head(target, "Connection: close\r\n"));
        WaitForSending(client, part);
        HandAllOver(1);
        EXPECT_TRUE(BodyOf(client.ReceiveAll()) == expected) << part;
        OnLoop([this] {
            takeover_.reset();
            hand_over_.reset();
            finished_ = false;
        });
    }
}

TEST_F(TakeoverTest, PartsOfSlicesGoOnWhereTheyWere) {
    const struct {
        const char* station;
        int seconds;
        std::string ranges;
    } cases[] = {
        {"kpcc", 1170, "bytes=5-9,1000001-7000000,9000000-16000000,-9"},
        {"opus", 120, "bytes=5-9,100001-5000000,5000100-11000000,-9"},
    };
    for (const auto& c : cases) {
        const std::string head = Head(Slice(c.station, 0, c.seconds),
                                      "Connection: close\r\nRange: " + c.ranges + "\r\n");
        for (const std::size_t part : {1'000'000u, 4'900'000u, 6'500'000u}) {
            SlowClient client(port_);
            client.Send(head);
            WaitForSending(client, part);
            HandAllOver(1);
            const std::string answer = client.ReceiveAll();
            Client again(port_);
            again.Send(head);
            std::string expected = again.ReceiveAll();
            const std::size_t at = answer.find("boundary=") + 9;
            const std::size_t to = expected.find("boundary=") + 9;
            const std::string boundary = expected.substr(to, 24);
            for (std::size_t b = 0; (b = expected.find(boundary, b)) != std::string::npos; ++b)
                expected.replace(b, 24, answer, at, 24);
            EXPECT_EQ(std::to_string(BodyOf(answer).size()), HeaderOf(answer, "Content-Length"));
            EXPECT_TRUE(BodyOf(answer) == BodyOf(expected)) << c.station << " " << part;
            OnLoop([this] {
                takeover_.reset();
                hand_over_.reset();
                finished_ = false;
            });
        }
    }
}

TEST_F(TakeoverTest, LiveListenersHearNoSeam) {
    Client plain(port_);
    plain.Send(Head(Live("kpcc", 100)));
    Client ogg(port_);
    ogg.Send(Head(Live("opus", 55)));
    SlowClient slow(port_);  // in the middle of the lead
    slow.Send(Head(Live("kpcc", 100)));
    plain.Receive(150'000);
    ogg.Receive(1'000'000);
    HandAllOver(3);
    // Of the broadcast's 16 and 150 kB a second, the lead of ten seconds has been sent.
    const std::string heard = BodyOf(plain.Receive(220'000));
    EXPECT_GE(heard.size(), 219'000u);
    const std::string all = FakeFrames(0, kSegments * kFrames);
    const std::size_t at = all.find(heard.substr(0, 2000));
    ASSERT_NE(at, std::string::npos);
    EXPECT_TRUE(all.substr(at).starts_with(heard));
    EXPECT_TRUE(all.substr(at).starts_with(BodyOf(slow.Receive(220'000))));

    const std::string stream = BodyOf(ogg.Receive(2'000'000));
    auto rest = std::as_bytes(std::span(stream));
    std::uint32_t pages = 0;
    while (const auto page = audio::ParseOggPage(rest)) {
        EXPECT_EQ(page->sequence, pages);
        EXPECT_EQ(page->granule, pages < 2 ? 0 : (pages - 1) * 19'200);
        ++pages;
        rest = rest.subspan(page->size());
    }
    EXPECT_GT(pages, 25u);
    EXPECT_LT(rest.size(), audio::kMaxOggPageBytes);
    EXPECT_GT(SentByNewer(), 400'000u);
}

TEST_F(TakeoverTest, WithoutASuccessorConnectionsStay) {
    Client idle(port_);
    SlowClient slice(port_);
    slice.Send(Head(Slice("kpcc", 0, 1170), "Connection: close\r\n"));
    WaitForSending(slice, 100'000);
    BeginHandOver();
    EXPECT_TRUE(Wait([this] { return finished_; }));
    OnLoop([this] { EXPECT_EQ(older_->server.connections(), 2); });
    idle.Send(Head("/s/1"));
    EXPECT_THAT(idle.ReceiveUntil("</s/1>"), HasSubstr("200 OK"));
    const std::string all = FakeFrames(0, kSegments * kFrames);
    EXPECT_TRUE(all.starts_with(BodyOf(slice.ReceiveAll())));
}

TEST_F(TakeoverTest, ADeadSuccessorsConnectionsAreServedAgain) {
    const util::UniqueFd dead = FakeSuccessor();
    Client idle(port_);
    SlowClient slice(port_);
    slice.Send(Head(Slice("kpcc", 0, 1170), "Connection: close\r\n"));
    SlowClient ogg(port_);
    ogg.Send(Head(Slice("opus", 3, 122), "Connection: close\r\n"));
    WaitForSending(slice, 100'000);
    WaitForSending(ogg, 100'000);
    BeginHandOver();
    {
        Channel channel = Accept(dead);
        Parcel parcel;
        for (int i = 0; i < 3; ++i) EXPECT_EQ(channel.Receive(parcel, 5s), Channel::Result::kDone);
    }
    idle.Send(Head("/s/1"));
    EXPECT_THAT(idle.ReceiveUntil("</s/1>"), HasSubstr("200 OK"));
    {
        const Channel hung = Accept(dead);
        OpenSocket();  // in its place; it is found when the hung one is given up
        EXPECT_TRUE(Wait([this] { return finished_; }));
    }
    OnLoop([this] {
        EXPECT_EQ(older_->server.connections(), 0);
        EXPECT_EQ(hand_over_->taken(), 3u);
    });
    const std::string all = FakeFrames(0, kSegments * kFrames);
    const std::string body = BodyOf(slice.ReceiveAll());
    EXPECT_EQ(body.size(), std::stoul(HeaderOf(slice.ReceiveAll(), "Content-Length")));
    EXPECT_TRUE(all.starts_with(body));
    EXPECT_EQ(BodyOf(ogg.ReceiveAll()).size(),
              std::stoul(HeaderOf(ogg.ReceiveAll(), "Content-Length")));
}

TEST_F(TakeoverTest, WhatASuccessorRefusesStays) {
    const util::UniqueFd listener = FakeSuccessor();
    Client client(port_);
    client.Send(Head("/s/1"));
    client.ReceiveUntil("</s/1>");
    BeginHandOver();
    Channel channel = Accept(listener);
    Parcel parcel;
    EXPECT_EQ(channel.Receive(parcel, 5s), Channel::Result::kDone);
    EXPECT_THAT(parcel.bytes, HasSubstr("\"connection\":"));
    EXPECT_EQ(channel.Send(R"({"v":1,"taken":false,"reason":"no"})", {}, 1s),
              Channel::Result::kDone);
    EXPECT_TRUE(Wait([this] { return finished_; }));
    client.Send(Head("/s/2"));
    EXPECT_THAT(client.ReceiveUntil("</s/2>"), HasSubstr("</s/2>"));
    OnLoop([this] { EXPECT_EQ(older_->server.connections(), 1); });
}

TEST_F(TakeoverTest, GivesTheListeningSocketsAway) {
    auto listeners = BindListeners({"127.0.0.1", 0});
    listening_ = takeover::Numbers(listeners);
    OpenSocket();
    Channel channel = Channel::Connect(socket_);
    EXPECT_EQ(channel.Send(R"({"v":1,"want":"listeners"})", {}, 1s), Channel::Result::kDone);
    Parcel parcel;
    ASSERT_EQ(channel.Receive(parcel, 5s), Channel::Result::kDone);
    EXPECT_EQ(parcel.bytes, R"({"v":1,"listeners":1})");
    ASSERT_EQ(parcel.fds.size(), 1u);
    EXPECT_EQ(PortOf(parcel.fds[0].get()), PortOf(listeners[0].get()));
    EXPECT_TRUE(std::filesystem::exists(socket_));
    OnLoop([this] { takeover_.reset(); });
    EXPECT_FALSE(std::filesystem::exists(socket_));
}

TEST_F(TakeoverTest, LeavesTheSocketOfAnotherAlone) {
    OpenSocket();
    std::filesystem::remove(socket_);
    const util::UniqueFd other = FakeSuccessor();
    OnLoop([this] { takeover_.reset(); });
    EXPECT_TRUE(std::filesystem::exists(socket_));
}

TEST_F(TakeoverTest, RefusesWhatMakesNoSense) {
    OpenSocket();
    const std::string segment =
        R"({"id":1,"station":"kpcc","take":"a","path":"../../etc/passwd","codec":"mpeg"})";
    const std::string slice =
        R"({"v":1,"connection":{"answer":{"body":{"slice":{"pieces":[{"segment":)" + segment +
        R"(,"begin":0,"end":10}],"left":10}}}}})";
    const std::string cases[] = {
        "x",
        "{}",
        R"({"v":2,"want":"listeners"})",
        R"({"v":1})",
        R"({"v":1,"want":"everything"})",
        R"({"v":1,"connection":{"bytes":1}})",
        R"({"v":1,"connection":{"bytes":18446744073709551615}})",
        R"({"v":1,"connection":{"answer":{"extent":{"file":7}}}})",
        R"({"v":1,"connection":{"answer":{"body":{}}}})",
        R"({"v":1,"connection":{"answer":{"body":{"live":{}}}}})",
        slice,
        std::string(100'000, '['),
    };
    Client client(port_);
    Channel channel = Channel::Connect(socket_);
    Parcel parcel;
    for (const std::string& bytes : cases) {
        const int fd = client.fd();
        const bool with_socket = bytes != cases[5];
        EXPECT_EQ(channel.Send(bytes, {&fd, with_socket ? 1U : 0U}, 1s), Channel::Result::kDone);
        ASSERT_EQ(channel.Receive(parcel, 5s), Channel::Result::kDone) << bytes;
        EXPECT_THAT(parcel.bytes, HasSubstr("\"taken\":false")) << bytes;
    }
    std::mt19937 random(7);
    for (int i = 0; i < 500; ++i) {
        std::string bytes = slice;
        for (int n = 0; n < 3; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
        EXPECT_EQ(channel.Send(bytes, {}, 1s), Channel::Result::kDone);
        ASSERT_EQ(channel.Receive(parcel, 5s), Channel::Result::kDone) << bytes;
    }
    OnLoop([this] {
        EXPECT_EQ(newer_->server.connections(), 0);
        EXPECT_GE(takeover_->refused(), 12u);
    });
}

}  // namespace
}  // namespace aircheck::webapi

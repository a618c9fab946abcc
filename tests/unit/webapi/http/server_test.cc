// SPDX-License-Identifier: MIT
#include "webapi/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <future>
#include <random>
#include <thread>

#include "tests/unit/webapi/http/loopback.h"
#include "webapi/http/listen.h"

namespace aircheck::webapi {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

/// Nothing to send, for ever: a live listener at the edge.
class SilentBody final : public Body {
public:
    explicit SilentBody(asio::io_context& loop) : timer_(loop) {}

    asio::awaitable<std::optional<Extent>> Next() override {
        timer_.expires_after(10ms);
        co_await timer_.async_wait(kAwait);
        co_return Extent{};
    }

private:
    asio::steady_timer timer_;
};

Limits ShortLimits() {
    Limits limits;
    limits.header = 300ms;
    limits.idle = 600ms;
    limits.write = 300ms;
    limits.linger = 200ms;
    limits.drain = 500ms;
    limits.drain_idle = 100ms;
    limits.sweep = 20ms;
    limits.connections = 50;
    return limits;
}

class ServerTest : public testing::Test {
protected:
    ServerTest() {
        auto listeners = BindListeners({"127.0.0.1", 0});
        port_ = PortOf(listeners.front().get());
        server_.emplace(loop_, time::SystemClock(), ShortLimits(),
                        [this](Request& request) { return Answer(request); });
        server_->Listen(std::move(listeners.front()));
        thread_ = std::thread([this] { loop_.run(); });
    }

    ~ServerTest() override {
        Stop();
        asio::post(loop_, [this] { loop_.stop(); });
        thread_.join();
        server_.reset();
    }

    void Stop() {
        if (std::exchange(stopped_, true)) return;
        std::promise<void> finished;
        asio::post(loop_,
                   [this, &finished] { server_->Stop([&finished] { finished.set_value(); }); });
        EXPECT_EQ(finished.get_future().wait_for(10s), std::future_status::ready);
    }

    asio::awaitable<Response> Answer(Request& request) {
        if (request.target == "/throw") throw std::runtime_error("on purpose");
        if (request.target == "/big") co_return TextResponse(std::string(20'000'000, 'x'));
        Response response;
        if (request.target == "/silent") {
            response.body = std::make_unique<SilentBody>(loop_);
        } else {
            response = TextResponse(request.method + " " + request.target + " " + request.body);
        }
        co_return response;
    }

    asio::io_context loop_;
    std::optional<Server> server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
    bool stopped_ = false;
};

TEST_F(ServerTest, AnswersWithTheHeadersThatEveryAnswerHas) {
    const std::string answer = Client::Get(port_, "/x");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nServer: Aircheck/"));
    EXPECT_THAT(HeaderOf(answer, "Date"), HasSubstr("GMT"));
    EXPECT_EQ(HeaderOf(answer, "Content-Length"), "7");
    EXPECT_EQ(HeaderOf(answer, "Connection"), "close");
    EXPECT_EQ(BodyOf(answer), "GET /x ");
    const std::string head = Client::Get(port_, "/x", "", "HEAD");
    EXPECT_EQ(HeaderOf(head, "Content-Length"), "8");
    EXPECT_EQ(BodyOf(head), "");
}

TEST_F(ServerTest, KeepsConnectionsAndAnswersPipelinedRequestsInOrder) {
    Client client(port_);
    client.Send(
        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\n"
        "Content-Length: 4\r\n\r\nbodyGET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string first = client.ReceiveUntil("GET /3 ");
    EXPECT_LT(first.find("GET /1 "), first.find("POST /2 body"));
    EXPECT_THAT(first, HasSubstr("Connection: keep-alive"));
    client.Send("GET /4 HTTP/1.0\r\n\r\n");
    EXPECT_THAT(client.ReceiveAll(), HasSubstr("GET /4 "));
    EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, RefusesWhatIsNoRequest) {
    const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
    const struct {
        std::string bytes;
        int status;
    } cases[] = {
        {"\r\n\r\n\r\n", 400},
        {"GET\r\n\r\n", 400},
        {std::string("GET /\0 HTTP/1.1\r\n\r\n", 19), 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431},
        {"GET /" + std::string(20'000, 'x'), 431},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n", 413},
        {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        // One request for some, two for others.
        {post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400},
        {post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400},
        {post + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400},
        {post + "Content-Length: 4, 4\r\n\r\nabcd", 400},
        {post + "Content-Length: +4\r\n\r\nabcd", 400},
        {post + "Content-Length: -1\r\n\r\n", 400},
        {post + "Content-Length: 0x4\r\n\r\nabcd", 400},
        {post + "Content-Length : 4\r\n\r\nabcd", 400},
        {post + "Content-Length: 4\r\n\tX: y\r\n\r\nabcd", 400},
        {post + "X: y\r\n Content-Length: 4\r\n\r\nabcd", 400},
        {post + "Transfer-Encoding: gzip\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n", 400},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\nx\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400},
        {post + "Transfer-Encoding: chunked\r\n\r\n1\na\n0\r\n\r\n", 400},
        // Trailers that are none, too.
        {post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\tb\r\n\tc\r\nx\r\n\r\n", 411},
        {post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 411},
        {"GET / HTTP/1.1\nHost: a\n\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},
        {std::string("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 33), 400},
        {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n: a\r\nHost: a\r\n\r\n", 400},
    };
    for (const auto& c : cases) {
        Client client(port_);
        client.Send(c.bytes);
        const std::string answer = client.ReceiveAll();
        const int status = StatusOf(answer);
        EXPECT_TRUE(status == c.status || (c.status == 400 && (status == 411 || status == 505)))
            << c.bytes.substr(0, 60) << " -> " << answer;
        EXPECT_THAT(BodyOf(answer), HasSubstr("\"result\":false"));
        EXPECT_TRUE(client.ended());
    }
}

TEST_F(ServerTest, SurvivesRandomBytes) {
    std::mt19937 random(7);
    for (int i = 0; i < 200; ++i) {
        std::string bytes = i % 2 == 0 ? "GET / HTTP/1.1\r\nHost: x\r\n" : "";
        for (int n = 0; n < 300; ++n) bytes.push_back(static_cast<char>(random()));
        Client(port_).Send(bytes);
    }
    EXPECT_EQ(StatusOf(Client::Get(port_, "/")), 200);
}

TEST_F(ServerTest, ClosesWhoeverTakesTooLongToAsk) {
    Client silent(port_);
    Client slow(port_);
    const auto begin = std::chrono::steady_clock::now();
    std::thread drip([&slow] {
        for (char c : std::string("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: aaaaaaaaaaaaaaaaa")) {
            slow.Send(std::string_view(&c, 1));
            std::this_thread::sleep_for(50ms);
        }
    });
    EXPECT_EQ(silent.ReceiveAll(), "");
    EXPECT_EQ(slow.ReceiveAll(), "");
    EXPECT_TRUE(silent.ended());
    EXPECT_TRUE(slow.ended());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 1500ms);
    drip.join();
}

TEST_F(ServerTest, ClosesIdleConnections) {
    Client client(port_);
    client.Send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
    client.ReceiveUntil("GET /x ");
    client.ReceiveAll();
    EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, ClosesWhoeverTakesNothing) {
    Client client(port_);
    client.Send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    std::atomic<int> connections = 1;
    for (int i = 0; i < 500 && connections != 0; ++i) {
        std::this_thread::sleep_for(10ms);
        asio::post(loop_, [&] { connections = server_->connections(); });
    }
    Stop();
    EXPECT_EQ(connections, 0);
}

TEST_F(ServerTest, SendsLargeAnswersWhole) {
    EXPECT_EQ(BodyOf(Client::Get(port_, "/big")).size(), 20'000'000u);
}

TEST_F(ServerTest, TurnsAnExceptionInto500) {
    const std::string answer = Client::Get(port_, "/throw");
    EXPECT_EQ(StatusOf(answer), 500);
    EXPECT_THAT(answer, Not(HasSubstr("on purpose")));
}

TEST_F(ServerTest, AnswersAtOnceWhoAsksToContinue) {
    Client client(port_);
    client.Send("POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
    EXPECT_THAT(client.ReceiveAll(), HasSubstr("POST /x "));
}

TEST_F(ServerTest, NoticesThatAListenerHasLeft) {
    {
        Client client(port_);
        client.Send("GET /silent HTTP/1.1\r\nHost: x\r\n\r\n");
        const std::string head = client.ReceiveUntil("\r\n\r\n");
        EXPECT_EQ(HeaderOf(head, "Connection"), "close");
        EXPECT_EQ(HeaderOf(head, "Content-Length"), "");
    }
    std::atomic<int> connections = 1;
    for (int i = 0; i < 500 && connections != 0; ++i) {
        std::this_thread::sleep_for(10ms);
        asio::post(loop_, [&] { connections = server_->connections(); });
    }
    Stop();
    EXPECT_EQ(connections, 0);
}

TEST_F(ServerTest, StopEndsListenersAndServesOneMoreRequest) {
    Client listener(port_);
    listener.Send("GET /silent HTTP/1.1\r\nHost: x\r\n\r\n");
    listener.ReceiveUntil("\r\n\r\n");
    Client kept(port_);
    kept.Send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    kept.ReceiveUntil("GET /1 ");
    asio::post(loop_, [&] {
        kept.Send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
        server_->CloseListeners();
        EXPECT_FALSE(Client(port_).connected());
    });
    Stop();
    const std::string answers = kept.ReceiveAll();
    EXPECT_THAT(answers, HasSubstr("GET /2 "));
    listener.ReceiveAll();
    EXPECT_TRUE(listener.ended());
}

TEST_F(ServerTest, PausesWhenThereIsNoRoomAndGoesOn) {
    {
        std::vector<std::unique_ptr<Client>> many;
        for (int i = 0; i < 60; ++i) many.push_back(std::make_unique<Client>(port_));
    }
    EXPECT_EQ(StatusOf(Client::Get(port_, "/")), 200);
}

TEST_F(ServerTest, MakesTextSmallerForWhoTakesItSo) {
    const std::string plain = Client::Get(port_, "/" + std::string(1500, 'x'));
    EXPECT_EQ(HeaderOf(plain, "Vary"), "Accept-Encoding");
    EXPECT_EQ(HeaderOf(plain, "Content-Encoding"), "");
    const std::string header = "Accept-Encoding: br, GZIP;q=0.5\r\n";
    const std::string packed = Client::Get(port_, "/" + std::string(1500, 'x'), header);
    EXPECT_EQ(HeaderOf(packed, "Content-Encoding"), "gzip");
    EXPECT_LT(BodyOf(packed).size(), 100u);
    EXPECT_EQ(HeaderOf(packed, "Content-Length"), std::to_string(BodyOf(packed).size()));
    EXPECT_TRUE(BodyOf(packed).starts_with("\x1f\x8b"));
    const std::string head = Client::Get(port_, "/" + std::string(1499, 'x'), header, "HEAD");
    EXPECT_EQ(HeaderOf(head, "Content-Encoding"), "gzip");
    EXPECT_NE(HeaderOf(head, "Content-Length"), "");
    EXPECT_EQ(BodyOf(head), "");
    EXPECT_EQ(HeaderOf(Client::Get(port_, "/x", header), "Vary"), "");
    EXPECT_EQ(HeaderOf(Client::Get(port_, "/big", header), "Content-Encoding"), "");
}

}  // namespace
}  // namespace aircheck::webapi

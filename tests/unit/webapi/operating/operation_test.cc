// SPDX-License-Identifier: MIT
#include "webapi/operating/operation_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <fstream>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "tests/unit/webapi/takeover/takeover_fixture.h"
#include "webapi/operating/supervisor_line.h"
#include "webapi/proof.h"

namespace aircheck::webapi {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::HasSubstr;

class OperationTest : public TakeoverFixture {
protected:
    OperationTest() {
        config_.public_url = "https://radio.example.org:8443/";
        config_.token_file = recording_.layout().root() / "token";
        std::ofstream(config_.token_file) << "a secret of some length\n";
    }

    static Request Local(Headers headers = {}) {
        Request request;
        request.method = "POST";
        request.headers = std::move(headers);
        request.from_loopback = true;
        return request;
    }

    Response Ask(const Request& request, const std::string& what) {
        Services services{.config = config_,
                          .clock = time::SystemClock(),
                          .reader = older_->reader,
                          .source = older_->source,
                          .hub = older_->hub,
                          .vitals = older_->vitals,
                          .disk = older_->disk,
                          .supervisor = line_.get()};
        const Authorization authorization(config_);
        const OperationHandler handler(services, authorization);
        asio::io_context& loop = line_loop_;
        Response response;
        const auto ask = [&]() -> asio::awaitable<void> {
            response = co_await handler.Order(request, what);
        };
        asio::co_spawn(loop, ask, asio::detached);
        loop.restart();
        loop.run();
        return response;
    }

    void AnswerWith(std::optional<proto::Answer> answer) {
        const auto publish = [this, answer](const proto::Message& message) {
            const auto& request = std::get<proto::Request>(message);
            asked_.push_back(request.name + " " + request.request);
            if (!answer) return;
            proto::Answer said = *answer;
            said.id = request.id;
            asio::post(line_loop_, [this, said] { line_->Hear(said); });
        };
        line_ = std::make_unique<SupervisorLine>(line_loop_, "webapi-0", publish, 50ms);
    }

    asio::io_context line_loop_;
    std::unique_ptr<SupervisorLine> line_;
    std::vector<std::string> asked_;
};

TEST_F(OperationTest, ProgramsOnThisMachineMay) {
    const Authorization authorization(config_);
    for (const Headers& headers : std::vector<Headers>{
             {},
             {{"Host", "localhost:5000"}},
             {{"Host", "127.0.0.1:5000"}},
             {{"Host", "[::1]:5000"}},
             {{"Host", "Radio.Example.Org"}},
             {{"Host", "127.0.0.1:5000"}, {"Origin", "http://127.0.0.1:5000"}},
             {{"Host", "localhost"}, {"Sec-Fetch-Site", "none"}},
         }) {
        EXPECT_FALSE(authorization.Refusal(Local(headers))) << testing::PrintToString(headers);
    }
}

TEST_F(OperationTest, ProxiesAndPagesOfStrangersMayNot) {
    const Authorization authorization(config_);
    for (const Headers& headers : std::vector<Headers>{
             {{"Host", "rebound.example.com:5000"}},
             {{"Host", "localhost.example.com"}},
             {{"Host", ""}},
             {{"Host", "["}},
             {{"Host", "localhost"}, {"X-Forwarded-For", "127.0.0.1"}},
             {{"Host", "localhost"}, {"via", "1.1 proxy"}},
             {{"Host", "localhost"}, {"Forwarded", "for=10.0.0.1"}},
             {{"Host", "localhost"}, {"X-Forwarded-Host", "localhost"}},
             {{"Host", "localhost"}, {"X-Forwarded-Prefix", "/radio"}},
             {{"Host", "localhost"}, {"Origin", "https://evil.example"}},
             {{"Host", "localhost"}, {"Origin", "null"}},
             {{"Host", "localhost"}, {"Referer", "https://evil.example/x"}},
             {{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}},
             {{"Host", "localhost"}, {"Sec-Fetch-Site", "same-site"}},
         }) {
        const auto refusal = authorization.Refusal(Local(headers));
        ASSERT_TRUE(refusal) << testing::PrintToString(headers);
        EXPECT_EQ(refusal->status, 403);
        EXPECT_THAT(refusal->text, HasSubstr("Bearer"));
    }
    Request remote = Local({{"Host", "127.0.0.1"}});
    remote.from_loopback = false;
    EXPECT_TRUE(authorization.Refusal(remote));
    Request proxied = Local({{"Host", "127.0.0.1:5000"}});
    proxied.version = 10;
    EXPECT_TRUE(authorization.Refusal(proxied));
}

TEST_F(OperationTest, AProxyThatIsTrustedForLinksIsNotTrustedWithOperating) {
    config_.trusted_proxies = {*util::ParseIpNetwork("127.0.0.1")};
    Request request = Local({{"Host", "localhost"}, {"X-Forwarded-Proto", "https"}});
    request.peer = *util::ParseIpAddress("127.0.0.1");
    EXPECT_TRUE(Authorization(config_).Refusal(request));
}

TEST_F(OperationTest, WhoHasTheTokenMay) {
    const Authorization authorization(config_);
    const auto refused = [&](const std::string& header) {
        Request request;
        request.headers = {{"Host", "radio.example.com"}, {"Authorization", header}};
        return authorization.Refusal(request).has_value();
    };
    EXPECT_FALSE(refused("Bearer a secret of some length"));
    EXPECT_FALSE(refused("bearer  a secret of some length"));
    for (const char* wrong : {"", "Bearer", "Bearer ", "a secret of some length",
                              "Bearer a secret of some lengtH", "Bearer a secret of some lengt",
                              "Bearer a secret of some length!", "Basic a secret of some length"})
        EXPECT_TRUE(refused(wrong)) << wrong;
    std::ofstream(config_.token_file, std::ios::trunc) << "\n";
    const Authorization none(config_);
    Request request;
    request.headers = {{"Authorization", "Bearer "}};
    EXPECT_TRUE(none.Refusal(request));
}

TEST_F(OperationTest, TellsWhatTheSupervisorAnswers) {
    AnswerWith(proto::Answer{.accepted = true, .text = "Begun.", .running = "1", .installed = "2"});
    Response response = Ask(Local(), "upgrade");
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(response.text,
              "{\"result\":true,\"text\":\"Begun.\",\"running\":\"1\",\"installed\":\"2\"}\n");
    AnswerWith(proto::Answer{.accepted = false, .text = "There is one already."});
    response = Ask(Local(), "restart");
    EXPECT_EQ(response.status, 409);
    EXPECT_THAT(response.text, HasSubstr("\"result\":false"));
    EXPECT_THAT(response.text, HasSubstr("\"error\":\"There is one already.\""));
    EXPECT_THAT(asked_, testing::ElementsAre("webapi-0 upgrade", "webapi-0 restart"));

    Request remote = Local();
    remote.from_loopback = false;
    EXPECT_EQ(Ask(remote, "restart").status, 403);
    EXPECT_EQ(asked_.size(), 2u);
}

TEST_F(OperationTest, DoesNotWaitForEver) {
    EXPECT_EQ(Ask(Local(), "restart").status, 503);
    AnswerWith(std::nullopt);
    EXPECT_EQ(Ask(Local(), "restart").status, 504);
    line_->Hear({.id = 1, .accepted = true});  // too late
    line_->Hear({.id = 99, .accepted = true});
}

TEST_F(OperationTest, PathsAreForGetAndPost) {
    const std::string headers = "Host: localhost\r\nConnection: close\r\n";
    const auto status = [&](const std::string& method, const std::string& path) {
        Client client(port_);
        client.Send(method + " " + path + " HTTP/1.1\r\n" + headers + "\r\n");
        return StatusOf(client.ReceiveAll());
    };
    EXPECT_EQ(status("POST", "/restart"), 503);  // allowed, but there is no supervisor
    EXPECT_EQ(status("GET", "/upgrade"), 503);
    EXPECT_EQ(status("HEAD", "/restart"), 405);
    EXPECT_EQ(status("DELETE", "/upgrade"), 405);
    EXPECT_EQ(StatusOf(Client::Get(port_, "/restart", "X-Forwarded-For: 10.0.0.1\r\n")), 403);
}

TEST_F(OperationTest, AServerProvesThatItAnswers) {
    bool proven = false;
    bool done = false;
    const auto prove = [&]() -> asio::awaitable<void> {
        proven = co_await ProveThatItAnswers(loop_, newer_->server, 5s);
        done = true;
    };
    OnLoop([&] { asio::co_spawn(loop_, prove, asio::detached); });
    EXPECT_TRUE(Wait([&] { return done; }));
    EXPECT_TRUE(proven);
    Server broken(line_loop_, time::SystemClock(), Limits{},
                  [](Request&) -> asio::awaitable<Response> {
                      throw std::runtime_error("on purpose");
                      co_return Response{};
                  });
    proven = true;
    const auto fail = [&]() -> asio::awaitable<void> {
        proven = co_await ProveThatItAnswers(line_loop_, broken, 5s);
        broken.Stop([this] { line_loop_.stop(); });
    };
    asio::co_spawn(line_loop_, fail, asio::detached);
    line_loop_.run();
    EXPECT_FALSE(proven);
}

}  // namespace
}  // namespace aircheck::webapi

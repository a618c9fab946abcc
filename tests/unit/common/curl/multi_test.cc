// SPDX-License-Identifier: MIT
#include "common/curl/multi.h"

#include <gtest/gtest.h>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/support/run_until.h"

namespace aircheck::curl {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kBodyBytes = 100'000;

/// Answers /whole with a body, /broken with less than it announced, /endless with a body that never
/// ends, /paced with 1000 bytes and then as it is told. Anything else is accepted and never
/// answered.
class Server {
public:
    explicit Server(asio::io_context& loop)
        : acceptor_(loop, {asio::ip::make_address("127.0.0.1"), 0}) {
        Accept();
    }

    std::string Url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
    }

    /// On /paced.
    void Send(std::size_t bytes) {
        paced_->answer.assign(bytes, 'x');
        asio::write(paced_->socket, asio::buffer(paced_->answer));
    }
    void HangUp() { paced_->socket.close(); }

private:
    struct Session {
        explicit Session(tcp::socket s) : socket(std::move(s)) {}
        tcp::socket socket;
        asio::streambuf request;
        std::string answer;
    };
    using SessionPtr = std::shared_ptr<Session>;

    void Accept() {
        acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
            if (error) return;
            Serve(std::make_shared<Session>(std::move(socket)));
            Accept();
        });
    }

    void Serve(const SessionPtr& session) {
        asio::async_read_until(
            session->socket, session->request, "\r\n\r\n",
            [this, session](const boost::system::error_code& error, std::size_t) {
                if (!error) Answer(session);
            });
    }

    void Answer(const SessionPtr& session) {
        const auto data = session->request.data();
        const std::string request(asio::buffers_begin(data), asio::buffers_end(data));
        const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: ";
        if (request.starts_with("GET /whole")) {
            session->answer = head + std::to_string(kBodyBytes) + "\r\nConnection: close\r\n\r\n" +
                              std::string(kBodyBytes, 'x');
            Write(session, false);
        } else if (request.starts_with("GET /broken")) {
            session->answer = head + "1000\r\n\r\nabc";
            Write(session, false);
        } else if (request.starts_with("GET /endless")) {
            session->answer = head + "1000000000000\r\n\r\n" + std::string(1000, 'x');
            Write(session, true);
        } else if (request.starts_with("GET /paced")) {
            session->answer = "HTTP/1.0 200 OK\r\n\r\n" + std::string(1000, 'x');
            paced_ = session;
            Write(session, false);
        } else {
            Serve(session);
        }
    }

    static void Write(const SessionPtr& session, bool again) {
        asio::async_write(session->socket, asio::buffer(session->answer),
                          [session, again](const boost::system::error_code& error, std::size_t) {
                              if (!error && again) {
                                  session->answer.assign(10'000, 'x');
                                  Write(session, true);
                              }
                          });
    }

    tcp::acceptor acceptor_;
    SessionPtr paced_;
};

class MultiTest : public testing::Test {
protected:
    static void SetUpTestSuite() { GlobalInit(); }

    struct Transfer {
        explicit Transfer(const std::string& url) {
            easy.Set(CURLOPT_URL, url.c_str());
            easy.Set(CURLOPT_PROXY, "");
            easy.Set(CURLOPT_WRITEDATA, this);
            easy.Set(CURLOPT_WRITEFUNCTION, &Transfer::Write);
        }
        static std::size_t Write(char*, std::size_t size, std::size_t count, void* user) {
            auto* self = static_cast<Transfer*>(user);
            self->bytes += size * count;
            return self->refuse ? 0 : size * count;
        }
        Easy easy;
        std::size_t bytes = 0;
        bool refuse = false;
        std::optional<CURLcode> result;
    };

    void Start(Transfer& transfer) {
        multi_->Add(transfer.easy, [&transfer](CURLcode code) { transfer.result = code; });
    }

    // Where nobody listens (any more).
    std::string RefusedUrl() {
        const tcp::acceptor unused(loop_, {asio::ip::make_address("127.0.0.1"), 0});
        return "http://127.0.0.1:" + std::to_string(unused.local_endpoint().port()) + "/";
    }

    bool RunUntil(const std::function<bool()>& condition) {
        return test::RunUntil(loop_, condition);
    }

    asio::io_context loop_;
    Server server_{loop_};
    std::unique_ptr<Multi> multi_ = std::make_unique<Multi>(loop_);
};

TEST_F(MultiTest, RunsManyTransfersAtOnce) {
    std::vector<std::unique_ptr<Transfer>> transfers;
    for (int i = 0; i < 50; ++i) {
        transfers.push_back(std::make_unique<Transfer>(server_.Url("/whole")));
        Start(*transfers.back());
    }
    for (const auto& transfer : transfers) {
        ASSERT_TRUE(RunUntil([&] { return transfer->result.has_value(); }));
        EXPECT_EQ(CURLE_OK, transfer->result);
        EXPECT_EQ(kBodyBytes, transfer->bytes);
    }
}

TEST_F(MultiTest, TellsOfBrokenAndRefusedConnections) {
    Transfer broken(server_.Url("/broken"));
    Transfer refused(RefusedUrl());
    Start(broken);
    Start(refused);
    EXPECT_FALSE(refused.result);
    ASSERT_TRUE(RunUntil([&] { return broken.result && refused.result; }));
    EXPECT_EQ(CURLE_PARTIAL_FILE, broken.result);
    EXPECT_EQ(CURLE_COULDNT_CONNECT, refused.result);
}

TEST_F(MultiTest, TellsWhenTheReceiverAborts) {
    Transfer transfer(server_.Url("/endless"));
    transfer.refuse = true;
    Start(transfer);
    ASSERT_TRUE(RunUntil([&] { return transfer.result.has_value(); }));
    EXPECT_EQ(CURLE_WRITE_ERROR, transfer.result);
}

TEST_F(MultiTest, KeepsTimeouts) {
    Transfer transfer(server_.Url("/silent"));
    transfer.easy.Set(CURLOPT_TIMEOUT_MS, 30L);
    Start(transfer);
    ASSERT_TRUE(RunUntil([&] { return transfer.result.has_value(); }));
    EXPECT_EQ(CURLE_OPERATION_TIMEDOUT, transfer.result);
}

TEST_F(MultiTest, RemovedTransferIsNeverToldOf) {
    Transfer endless(server_.Url("/endless"));
    Start(endless);
    ASSERT_TRUE(RunUntil([&] { return endless.bytes > 5000; }));
    multi_->Remove(endless.easy);
    multi_->Remove(endless.easy);
    Transfer whole(server_.Url("/whole"));
    Start(whole);
    ASSERT_TRUE(RunUntil([&] { return whole.result.has_value(); }));
    EXPECT_FALSE(endless.result);
    Start(endless);  // it may start again
    ASSERT_TRUE(RunUntil([&] { return endless.bytes > 50'000; }));
    multi_->Remove(endless.easy);
}

TEST_F(MultiTest, HandlerMayRemoveOthersAndDestroyItsOwn) {
    // Both end in the same stretch: whichever is told first takes the other out.
    auto first = std::make_unique<Transfer>(RefusedUrl());
    auto second = std::make_unique<Transfer>(RefusedUrl());
    int told = 0;
    multi_->Add(first->easy, [&](CURLcode) {
        multi_->Remove(second->easy);
        first.reset();
        ++told;
    });
    multi_->Add(second->easy, [&](CURLcode) {
        multi_->Remove(first->easy);
        second.reset();
        ++told;
    });
    ASSERT_TRUE(RunUntil([&] { return told > 0; }));
    loop_.run_for(20ms);
    EXPECT_EQ(1, told);
}

TEST_F(MultiTest, HandlerMayStartTheNext) {
    Transfer transfer(server_.Url("/whole"));
    int rounds = 0;
    std::function<void(CURLcode)> again = [&](CURLcode code) {
        EXPECT_EQ(CURLE_OK, code);
        if (++rounds < 5) multi_->Add(transfer.easy, again);
    };
    multi_->Add(transfer.easy, again);
    EXPECT_TRUE(RunUntil([&] { return rounds == 5; }));
}

TEST_F(MultiTest, MayBeDestroyedWithTransfersRunning) {
    Transfer endless(server_.Url("/endless"));
    Transfer silent(server_.Url("/silent"));
    Start(endless);
    Start(silent);
    ASSERT_TRUE(RunUntil([&] { return endless.bytes > 5000; }));
    multi_.reset();
    loop_.run_for(20ms);
    EXPECT_FALSE(endless.result);
    EXPECT_FALSE(silent.result);
}

TEST_F(MultiTest, MayBeDestroyedByAHandler) {
    Transfer broken(server_.Url("/broken"));
    Transfer endless(server_.Url("/endless"));
    Start(endless);
    bool told = false;
    multi_->Add(broken.easy, [&](CURLcode) {
        multi_.reset();
        told = true;
    });
    ASSERT_TRUE(RunUntil([&] { return told; }));
    loop_.run_for(20ms);
    EXPECT_FALSE(endless.result);
}

TEST_F(MultiTest, RefusesTheSameTransferTwice) {
    Transfer transfer(server_.Url("/silent"));
    Start(transfer);
    EXPECT_THROW(Start(transfer), std::logic_error);
    multi_->Remove(transfer.easy);
}

TEST(HeaderList, KeepsOrder) {
    HeaderList list;
    EXPECT_EQ(nullptr, list.get());
    list.Append("A: 1");
    list.Append("B: 2");
    EXPECT_STREQ("A: 1", list.get()->data);
    EXPECT_STREQ("B: 2", list.get()->next->data);
}

class GatheredTransferTest : public MultiTest {
protected:
    void SetUp() override {
        Start(transfer_);
        ASSERT_TRUE(RunUntil([&] { return transfer_.bytes == 1000; }));
        ASSERT_TRUE(multi_->Gather(transfer_.easy, 64 * 1024));
    }

    bool ReceiveUntil(const std::function<bool()>& condition) {
        return RunUntil([&] {
            multi_->Receive(transfer_.easy);
            return condition();
        });
    }

    Transfer transfer_{server_.Url("/paced")};
};

TEST_F(GatheredTransferTest, WakesNobodyUntilItIsReceived) {
    server_.Send(5000);
    loop_.run_for(100ms);
    EXPECT_EQ(1000, transfer_.bytes);
    EXPECT_TRUE(ReceiveUntil([&] { return transfer_.bytes == 6000; }));
    EXPECT_FALSE(transfer_.result);
}

TEST_F(GatheredTransferTest, IsReceivedWholeWhenItIsLongerThanABuffer) {
    server_.Send(60'000);
    EXPECT_TRUE(ReceiveUntil([&] { return transfer_.bytes == 61'000; }));
}

TEST_F(GatheredTransferTest, WakesTheLoopWhenItIsTooMuch) {
    server_.Send(100'000);
    EXPECT_TRUE(RunUntil([&] { return transfer_.bytes > 30'000; }));
}

TEST_F(GatheredTransferTest, TellsAtOnceThatItHasEnded) {
    server_.Send(5000);
    server_.HangUp();
    EXPECT_TRUE(RunUntil([&] { return transfer_.result.has_value(); }));
    EXPECT_EQ(CURLE_OK, transfer_.result);
    EXPECT_EQ(6000, transfer_.bytes);
}

TEST_F(GatheredTransferTest, TellsOfItsEndFromTheLoopOnly) {
    transfer_.refuse = true;
    server_.Send(5000);
    while (transfer_.bytes == 1000) multi_->Receive(transfer_.easy);
    EXPECT_FALSE(transfer_.result);
    EXPECT_TRUE(RunUntil([&] { return transfer_.result.has_value(); }));
    EXPECT_EQ(CURLE_WRITE_ERROR, transfer_.result);
    multi_->Receive(transfer_.easy);
}

TEST_F(MultiTest, GathersNothingOfATransferThatIsNotThere) {
    Transfer transfer(server_.Url("/whole"));
    EXPECT_FALSE(multi_->Gather(transfer.easy, 1000));
    multi_->Receive(transfer.easy);
}

}  // namespace
}  // namespace aircheck::curl

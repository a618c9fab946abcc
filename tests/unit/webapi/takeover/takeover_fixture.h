// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "common/time/timestamp.h"
#include "tests/unit/common/audio/made_pages.h"
#include "tests/unit/support/fake_store.h"
#include "tests/unit/webapi/fake_recording.h"
#include "tests/unit/webapi/http/loopback.h"
#include "webapi/api.h"
#include "webapi/http/listen.h"
#include "webapi/http/server.h"
#include "webapi/takeover/hand_over.h"
#include "webapi/takeover/takeover_socket.h"

namespace aircheck::webapi {

/// What one web worker has, on a loop that it shares with others.
class Side {
public:
    Side(boost::asio::io_context& loop, const config::Config& config, const storage::Layout& layout,
         Limits limits, test::FakeCloud& away)
        : loop_(loop),
          reader(layout),
          cloud(loop, time::SystemClock(), layout,
                {std::uint64_t{1} << 30,
                 0,
                 {std::chrono::milliseconds{1000}, std::chrono::milliseconds{1500},
                  std::chrono::milliseconds{100}, std::chrono::milliseconds{100}}},
                [&away](const std::atomic<bool>& quit) {
                    return std::make_unique<test::FakeStore>(away, &quit);
                }),
          source(reader, &cloud),
          hub(loop, time::SystemClock(), source),
          disk(loop, reader, {"kpcc"}),
          api({config, time::SystemClock(), reader, source, hub, vitals, disk, "some-id",
               time::SystemClock().Steady()}),
          server(loop, time::SystemClock(), limits,
                 [this](Request& request) { return Answer(request); }) {}

    BodyParts parts() { return {hub, source, time::SystemClock(), api.events()}; }

private:
    boost::asio::io_context& loop_;

    boost::asio::awaitable<Response> Answer(Request& request) {
        if (request.target == "/big") co_return TextResponse(std::string(20'000'000, 'x'));
        if (request.target.starts_with("/slow")) {
            boost::asio::steady_timer timer(loop_, std::chrono::milliseconds{300});
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
        if (request.target.starts_with("/s")) co_return TextResponse("<" + request.target + ">");
        co_return co_await api.Dispatch(request);
    }

public:
    CatalogReader reader;
    CloudReader cloud;
    SoundSource source;
    LiveHub hub;
    Vitals vitals{time::SystemClock()};
    DiskUsage disk;
    Api api;
    Server server;
};

/// Two web workers over one recording: twenty minutes in a hundred segments of "kpcc", and two of
/// Ogg of "opus".
class TakeoverFixture : public testing::Test {
protected:
    static constexpr std::uint32_t kFrames = 450;  // of a segment
    static constexpr int kSegments = 100;

    TakeoverFixture() : socket_(recording_.layout().root() / "socket") {
        now_ = std::chrono::floor<std::chrono::seconds>(time::SystemClock().Now());
        Record();
        config_.storage = recording_.layout().root();
        for (const char* callsign : {"kpcc", "opus"}) {
            auto& station = config_.stations.emplace_back();
            station.callsign = callsign;
            station.timezone = "UTC";
        }
        Limits limits;
        limits.drain = std::chrono::milliseconds{300};
        older_.emplace(loop_, config_, recording_.layout(), limits, cloud_);
        limits.connections = 1;  // no matter
        newer_.emplace(loop_, config_, recording_.layout(), limits, cloud_);
        auto listeners = BindListeners({"127.0.0.1", 0});
        port_ = PortOf(listeners.front().get());
        older_->server.Listen(std::move(listeners.front()));
        thread_ = std::thread([this] { loop_.run(); });
    }

    ~TakeoverFixture() override {
        for (Side* side : {&*older_, &*newer_}) {
            std::promise<void> finished;
            OnLoop([&] { side->server.Stop([&finished] { finished.set_value(); }); });
            EXPECT_EQ(finished.get_future().wait_for(std::chrono::seconds{20}),
                      std::future_status::ready);
        }
        OnLoop([this] { loop_.stop(); });
        thread_.join();
    }

    void OnLoop(const std::function<void()>& job) {
        std::promise<void> done;
        boost::asio::post(loop_, [&] {
            job();
            done.set_value();
        });
        done.get_future().wait();
    }

    /// True once it is.
    bool Wait(const std::function<bool()>& condition) {
        bool yes = false;
        for (int i = 0; i < 1000 && !yes; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
            OnLoop([&] { yes = condition(); });
        }
        return yes;
    }

    void OpenSocket() {
        OnLoop([this] {
            takeover_.emplace(loop_, socket_, newer_->server, newer_->parts(),
                              [this] { return listening_; });
        });
    }

    void BeginHandOver() {
        OnLoop([this] {
            HandOver::Patience patience;
            patience.connect = std::chrono::milliseconds{500};
            patience.answer = std::chrono::milliseconds{300};
            hand_over_.emplace(loop_, older_->server, older_->parts(), socket_, patience);
            hand_over_->Start([this] { finished_ = true; });
        });
    }

    /// Hands `connections` over.
    void HandAllOver(int connections) {
        OpenSocket();
        BeginHandOver();
        EXPECT_TRUE(Wait([this] { return finished_; }));
        OnLoop([&] {
            EXPECT_EQ(older_->server.connections(), 0);
            EXPECT_EQ(hand_over_->taken(), static_cast<std::uint64_t>(connections));
        });
    }

    std::string Digits(int seconds) const {
        return time::FormatBasic(start_ + std::chrono::seconds{seconds});
    }
    std::string Slice(const std::string& station, int from, int seconds) const {
        return "/" + station + "/at/" + Digits(from) + "/" + std::to_string(seconds) + "s";
    }
    std::string Live(const std::string& station, int from) const {
        return "/" + station + "/live/" + Digits(from);
    }

    static std::string Head(const std::string& target, const std::string& headers = "") {
        return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    }

    /// As the pruner does it.
    void MoveToCloud(const catalog::Segment& segment) {
        const std::string key = "0123456789ab/" + segment.path;
        const auto path = recording_.layout().Resolve(segment.path);
        std::string bytes(std::filesystem::file_size(path), '\0');
        std::ifstream(path, std::ios::binary)
            .read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        cloud_.Set(key, std::move(bytes));
        recording_.catalog().SetObject(segment.id, key);
        recording_.catalog().SetUploaded(segment.id);
        std::filesystem::remove(path);
    }

    test::FakeCloud cloud_;
    FakeRecording recording_;
    time::SysTime now_;
    time::SysTime start_;
    config::Config config_;
    const std::filesystem::path socket_;
    std::vector<int> listening_;
    boost::asio::io_context loop_;
    std::optional<Side> older_;
    std::optional<Side> newer_;
    std::optional<TakeoverSocket> takeover_;
    std::optional<HandOver> hand_over_;
    bool finished_ = false;
    std::uint16_t port_ = 0;
    std::thread thread_;

private:
    void Record() {
        start_ = now_ - std::chrono::seconds{1200};
        recording_.AddTake("00000000000a", start_);
        for (int i = 0; i < kSegments; ++i) {
            const auto first = static_cast<std::uint32_t>(i) * kFrames;
            recording_.AddSegment("00000000000a", i, start_ + FakeDuration(first), first, kFrames);
        }
        recording_.catalog().AddTake(
            {"00000000000b", "opus", "http://radio.example/", start_, std::nullopt, ""});
        audio::test::MadeOpus opus(7);
        const audio::test::Bytes headers = opus.Headers();
        for (int i = 0; i < 2; ++i) RecordOgg(opus, headers, i);
    }

    /// 160 pages of 0.4 s.
    void RecordOgg(audio::test::MadeOpus& opus, const audio::test::Bytes& headers, int sequence) {
        constexpr std::chrono::seconds kLength{64};
        audio::test::Bytes bytes = headers;
        for (int i = 0; i < 160; ++i) audio::test::Append(bytes, opus.Sound(20, 3000));
        catalog::Segment segment;
        segment.station = "opus";
        segment.take = "00000000000b";
        segment.sequence = sequence;
        segment.start = start_ + sequence * kLength;
        segment.end = segment.start + kLength;
        segment.path = storage::Layout::RelativeSegmentPath(
            {"opus", segment.start, segment.take, audio::Codec::kOpus, false});
        segment.state = catalog::SegmentState::kClosed;
        segment.frames = 160;
        segment.samples = 160 * 20 * audio::test::kOpusPacketSamples;
        segment.take_sample = segment.samples * static_cast<std::uint64_t>(sequence);
        segment.setup_bytes = headers.size();
        segment.bytes = bytes.size();
        segment.format = audio::test::ScanWhole(bytes).frames.front().format;
        const auto path = recording_.layout().Resolve(segment.path);
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
        recording_.catalog().AddSegment(segment);
    }
};

/// A client that takes little at a time: its answers are on their way for long.
class SlowClient : public Client {
public:
    explicit SlowClient(std::uint16_t port) : Client(port, 4096) {}

    /// In a hurry now.
    std::string ReceiveAll() {
        const int buffer = 4 << 20;
        ::setsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
        ::setsockopt(fd(), IPPROTO_TCP, TCP_WINDOW_CLAMP, &buffer, sizeof buffer);
        return Client::ReceiveAll();
    }
};

}  // namespace aircheck::webapi

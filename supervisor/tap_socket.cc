// SPDX-License-Identifier: MIT
#include "supervisor/tap_socket.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <utility>

#include "common/log/log.h"
#include "common/util/text.h"
#include "proto/endpoints.h"

namespace aircheck::supervisor {
namespace {

// A tap may fall behind by so many messages, if all were as large as the largest.
constexpr std::size_t kQueueMessages = 100;
constexpr std::size_t kSmallestQueue = std::size_t{8} << 20;
constexpr std::size_t kLargestQueue = std::size_t{64} << 20;

constexpr std::chrono::seconds kReportEvery{60};

// What comes before the numbers of a message.
constexpr std::string_view kCount = ",\"n\":";
constexpr std::string_view kBy = ",\"by\":";

/// The same object with two fields more. The text is not parsed again, only opened at its end.
void Number(std::string& message, std::string_view json, std::uint64_t count, pid_t by) {
    std::array<char, 64> tail;
    char* end = kCount.copy(tail.data(), kCount.size()) + tail.data();
    end = std::to_chars(end, tail.end(), count).ptr;
    end += kBy.copy(end, kBy.size());
    end = std::to_chars(end, tail.end(), by).ptr;
    *end++ = '}';
    message.assign(json.substr(0, json.rfind('}'))).append(tail.data(), end);
}

}  // namespace

TapSocket::TapSocket(boost::asio::io_context& loop, const time::Clock& clock,
                     const Options& options)
    : clock_(clock),
      public_endpoint_(proto::TapEndpoint(options.storage)),
      pid_(getpid()),
      ipc_(loop, std::clamp(kQueueMessages * options.largest, kSmallestQueue, kLargestQueue),
           {.on_subscribed = [this](std::string_view prefix,
                                    const zmtp::Publisher::Send& send) { Tell(prefix, send); },
            .on_refused = [this](const std::string& reason) { OnRefused(reason); }}) {
    ipc_.Bind(proto::TapEndpoint(options.storage, options.generation));
    if (options.tcp.endpoint.empty()) return;
    tcp_.emplace(loop, options.tcp,
                 [this](std::string_view prefix, const auto& send) { Tell(prefix, send); });
}

void TapSocket::TakePublicEndpoints() {
    if (tcp_) tcp_->Bind();
    if (is_public_) return;
    try {
        ipc_.Bind(public_endpoint_);
        is_public_ = true;
    } catch (...) {
        ReleasePublicEndpoints();
        throw;
    }
}

void TapSocket::ReleasePublicEndpoints() noexcept {
    if (tcp_) tcp_->Unbind();
    ipc_.Unbind(public_endpoint_);
    is_public_ = false;
}

void TapSocket::Publish(std::string_view topic, std::string_view json) {
    LastValues::Value& value = last_.Of(topic);
    std::string& message = value.kept ? value.message : passing_;
    Number(message, json, ++value.count, pid_);
    const std::array<std::string_view, 2> frames{topic, message};
    ipc_.Publish(frames);
    if (tcp_) tcp_->Publish(frames);
}

void TapSocket::Tell(std::string_view prefix, const zmtp::Publisher::Send& send) const {
    last_.ForEach(prefix, [&send](const std::string& topic, const std::string& message) {
        send(std::array<std::string_view, 2>{topic, message});
    });
}

void TapSocket::OnRefused(const std::string& reason) {
    if (clock_.Steady() < next_report_) return;
    next_report_ = clock_.Steady() + kReportEvery;
    log::warn("tap: {}", util::CleanUtf8(reason));
}

}  // namespace aircheck::supervisor

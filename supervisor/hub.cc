// SPDX-License-Identifier: MIT
#include "supervisor/hub.h"

#include <system_error>
#include <utility>
#include <variant>

#include "common/log/log.h"
#include "common/util/text.h"
#include "proto/endpoints.h"

namespace aircheck::supervisor {
namespace {

constexpr std::string_view kIpc = "ipc://";
constexpr std::chrono::seconds kReportEvery{60};

// A tap may fall behind by its whole first picture and a while of news; then it loses messages.
constexpr std::size_t kTapQueue = 1000;
constexpr std::size_t kTopicsPerStation = 2;

// From taps come subscriptions only, and those are short.
constexpr std::int64_t kMaxTapMessage = 1024;

// Ends connections of taps whose machine has vanished.
constexpr int kTapPingMs = 10'000;
constexpr int kTapGoneMs = 30'000;

constexpr char kSubscribe = 1;

void Remove(const std::filesystem::path& file) noexcept {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
}

}  // namespace

Hub::Hub(boost::asio::io_context& loop, zmq::context_t& context, const time::Clock& clock,
         const Options& options, Handler on_message)
    : clock_(clock),
      on_message_(std::move(on_message)),
      control_(loop, context, zmq::socket_type::router),
      tap_(loop, context, zmq::socket_type::xpub) {
    BindControl(options);
    BindTap(options);
    control_.OnMessage([this](event::ZmqFrames frames) { OnControl(std::move(frames)); });
    tap_.OnMessage([this](const event::ZmqFrames& frames) { OnTap(frames); });
}

Hub::~Hub() {
    for (const auto& file : socket_files_) Remove(file);
}

void Hub::BindControl(const Options& options) {
    const std::string endpoint = proto::ControlEndpoint(options.storage, options.generation);
    TakeSocketFile(endpoint);
    // A worker that lost its connection and came back takes its identity over.
    control_.raw().set(zmq::sockopt::router_handover, true);
    control_.Bind(endpoint);
}

void Hub::BindTap(const Options& options) {
    const std::string endpoint = proto::TapEndpoint(options.storage);
    TakeSocketFile(endpoint);
    auto& socket = tap_.raw();
    socket.set(zmq::sockopt::xpub_verbose,
               true);  // each new subscriber is seen, not only the first
    socket.set(
        zmq::sockopt::sndhwm,
        static_cast<int>(kTapQueue + options.stations * kTopicsPerStation + options.machines));
    socket.set(zmq::sockopt::maxmsgsize, kMaxTapMessage);
    socket.set(zmq::sockopt::heartbeat_ivl, kTapPingMs);
    socket.set(zmq::sockopt::heartbeat_timeout, kTapGoneMs);
    tap_.Bind(endpoint);
    if (!options.tap.empty()) tap_.Bind(options.tap);
}

// A file that is there already was left by a supervisor that was killed: the PID file is ours.
void Hub::TakeSocketFile(const std::string& endpoint) {
    Remove(socket_files_.emplace_back(endpoint.substr(kIpc.size())));
}

void Hub::Send(const std::string& identity, const proto::Message& message) {
    control_.Send({identity, proto::Topic(message), proto::Encode(message)});
}

void Hub::Publish(const proto::Message& message) {
    Publish(proto::Topic(message), proto::Encode(message));
}

void Hub::Publish(const std::string& topic, const std::string& json) {
    last_.Keep(topic, json);
    tap_.Send({topic, json});
}

void Hub::CountForeign(const std::string& reason) {
    Count(kForeign, reason);
}

void Hub::OnControl(event::ZmqFrames frames) {
    if (frames.size() != 3) {
        Count(kMalformed, "not a topic and a JSON frame");
        return;
    }
    auto decoded = proto::Decode(frames[1], frames[2]);
    if (auto* message = std::get_if<proto::Message>(&decoded)) {
        on_message_({std::move(frames[0]), std::move(frames[1]), std::move(frames[2]),
                     std::move(*message)});
        return;
    }
    const auto& error = std::get<proto::DecodeError>(decoded);
    switch (error.kind) {
        case proto::DecodeError::Kind::kOversized:
            Count(kOversized, error.reason);
            break;
        case proto::DecodeError::Kind::kMalformed:
            Count(kMalformed, error.reason);
            break;
        case proto::DecodeError::Kind::kUnknownTopic:
            Count(kUnknownTopic, error.reason);
            break;
        case proto::DecodeError::Kind::kUnknownVersion:
            Count(kUnknownVersion, error.reason);
            Send(frames[0], proto::Rejected{.reason = error.reason});
            break;
    }
}

// XPUB hands up subscriptions as one frame: 1 or 0, and the prefix.
void Hub::OnTap(const event::ZmqFrames& frames) {
    if (frames.size() != 1 || frames[0].empty() || frames[0].front() != kSubscribe) return;
    last_.ForEach(std::string_view(frames[0]).substr(1),
                  [this](const std::string& topic, const std::string& json) {
                      tap_.Send({topic, json});
                  });
}

void Hub::Count(Ignored kind, const std::string& reason) {
    ++ignored_[kind];
    if (clock_.Steady() < next_report_) return;
    next_report_ = clock_.Steady() + kReportEvery;
    log::warn(
        "control: messages ignored so far: {} oversized, {} malformed, {} of unknown topic, {} of "
        "unknown version, {} of other processes; the last: {}",
        ignored_[kOversized], ignored_[kMalformed], ignored_[kUnknownTopic],
        ignored_[kUnknownVersion], ignored_[kForeign], util::CleanUtf8(reason));
}

}  // namespace aircheck::supervisor

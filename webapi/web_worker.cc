// SPDX-License-Identifier: MIT
#include "webapi/web_worker.h"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <system_error>
#include <utility>

#include "common/cloud/open_store.h"
#include "common/log/log.h"
#include "common/storage/cache_folder.h"
#include "common/worker/file_limit.h"
#include "proto/endpoints.h"
#include "webapi/http/listen.h"
#include "webapi/instance_id.h"
#include "webapi/proof.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

std::vector<std::string> Callsigns(const config::Config& config) {
    std::vector<std::string> callsigns;
    for (const auto& station : config.stations) callsigns.push_back(station.callsign);
    return callsigns;
}

/// As many descriptors as the system lets us have; two thirds of them for clients, the rest for
/// files, which live listeners share.
Limits LimitsForThisProcess() {
    Limits limits;
    if (const std::size_t files = worker::RaiseFileLimit(); files > 0)
        limits.connections = std::min(limits.connections, files / 3 * 2);
    return limits;
}

/// Of its own supervisor; where it runs alone, of any that may be there.
std::string TapOf(const worker::Worker& worker) {
    const auto& storage = worker.config().storage;
    return worker.arguments().control.empty()
               ? proto::TapEndpoint(storage)
               : proto::TapEndpoint(storage, worker.arguments().generation);
}

/// Somebody waits: shorter than what the pruner allows.
constexpr std::chrono::seconds kCloudConnectTimeout{5};
constexpr std::chrono::seconds kCloudStallTimeout{10};

constexpr std::chrono::seconds kProofTimeout{5};
constexpr std::chrono::seconds kProofPause{1};

/// None without a supervisor.
SupervisorLine::Publish PublisherOf(worker::Worker& worker) {
    if (worker.arguments().control.empty()) return nullptr;
    return [&worker](const proto::Message& message) { worker.Publish(message); };
}

}  // namespace

WebWorker::WebWorker(worker::Worker& worker)
    : worker_(worker),
      vitals_(time::SystemClock()),
      reader_(storage::Layout(worker.config().storage)),
      source_(reader_, OpenCloud()),
      hub_(worker.loop(), time::SystemClock(), source_),
      disk_(worker.loop(), reader_, Callsigns(worker.config())),
      last_day_(worker.loop(), time::SystemClock(), reader_, worker.config().stations),
      supervisor_(worker.loop(), worker.arguments().name, PublisherOf(worker)),
      api_(MakeServices()),
      server_(worker.loop(), time::SystemClock(), LimitsForThisProcess(),
              [this](Request& request) { return api_.Dispatch(request); }),
      standby_(worker.arguments().standby),
      tap_(worker.loop(), zmq_, zmq::socket_type::sub) {}

/// Nullptr if none is configured.
CloudReader* WebWorker::OpenCloud() {
    const config::Config& config = worker_.config();
    if (!config.cloud) {
        storage::ShrinkCache(reader_.layout().Cache(), 0);
        return nullptr;
    }
    const CloudReader::Settings settings{config.cloud_cache, config.min_free, {}};
    const auto open = [&cloud = *config.cloud](const std::atomic<bool>& quit) {
        return cloud::OpenStore(cloud, {.quit = &quit,
                                        .connect_timeout = kCloudConnectTimeout,
                                        .stall_timeout = kCloudStallTimeout});
    };
    return &cloud_.emplace(worker_.loop(), time::SystemClock(), reader_.layout(), settings, open);
}

Services WebWorker::MakeServices() {
    const int supervisor = worker_.arguments().supervisor_pid;
    return {.config = worker_.config(),
            .clock = time::SystemClock(),
            .reader = reader_,
            .source = source_,
            .hub = hub_,
            .vitals = vitals_,
            .disk = disk_,
            .instance_id = InstanceId(supervisor > 0 ? supervisor : ::getpid()),
            .started = time::SystemClock().Steady(),
            .supervisor = &supervisor_,
            .last_day = &last_day_,
            .worker = worker_.arguments().name,
            .traffic = [this] {
                return Traffic{&server_.stats(), server_.connections(), server_.listeners()};
            }};
}

/// Everything but accepting.
void WebWorker::Prepare() {
    const worker::Arguments& arguments = worker_.arguments();
    if (const auto& file = worker_.config().access_log; !file.empty()) {
        access_log_.emplace(file);
        server_.OnAnswer([this](const Request& request, const Response& response) {
            if (request.peer == util::IpAddress{}) return;  // its own proof
            access_log_->Add(FormatAccess(request, response, time::SystemClock().Now()));
        });
    }
    for (int fd : arguments.listen_fds) not_listening_.emplace_back(fd);
    if (not_listening_.empty()) {
        for (const config::Endpoint& endpoint : worker_.config().listen) {
            std::ranges::move(BindListeners(endpoint), std::back_inserter(not_listening_));
            log::info("web: listening on {}:{}", endpoint.host, endpoint.port);
        }
    }
    if (arguments.control.empty()) return;  // nobody would look for it
    const auto path = storage::Layout(worker_.config().storage)
                          .TakeoverSocket(arguments.name, arguments.generation);
    try {
        takeover_.emplace(worker_.loop(), path, server_, Parts(), [this] { return Listeners(); });
    } catch (const std::system_error& error) {
        // A full disk is no reason not to serve.
        log::warn("web: {}; connections cannot be taken over from other processes", error.what());
    }
}

void WebWorker::Listen() {
    if (standby_ || !proven_) return;
    for (util::UniqueFd& fd : not_listening_) server_.Listen(std::move(fd));
    not_listening_.clear();
}

/// A worker that does not answer never becomes ready, and the supervisor draws its conclusions.
asio::awaitable<void> WebWorker::Begin() {
    asio::steady_timer pause(worker_.loop());
    for (;;) {
        proven_ = co_await ProveThatItAnswers(worker_.loop(), server_, kProofTimeout);
        if (proven_) break;
        log::error("web: a request for /heartbeat is not answered with 200; not ready");
        pause.expires_after(kProofPause);
        co_await pause.async_wait(asio::use_awaitable);
    }
    Listen();
    worker_.AnnounceReady();
}

void WebWorker::Retire(const std::string& successor, std::function<void()> finished) {
    not_listening_.clear();
    server_.CloseListeners();
    after_hand_over_ = [this, finished = std::move(finished)] {
        server_.Stop(finished, worker_.config().restart_timeout);
    };
    if (successor.empty()) return std::exchange(after_hand_over_, nullptr)();
    hand_over_.emplace(worker_.loop(), server_, Parts(), successor, HandOver::Patience{});
    hand_over_->Start([this] { std::exchange(after_hand_over_, nullptr)(); });
}

void WebWorker::Stop(std::function<void()> finished) {
    not_listening_.clear();
    if (!after_hand_over_) return server_.Stop(std::move(finished));
    after_hand_over_ = [this, finished = std::move(finished)] { server_.Stop(finished); };
    hand_over_->Cancel();
}

std::vector<int> WebWorker::Listeners() {
    return not_listening_.empty() ? server_.listening() : takeover::Numbers(not_listening_);
}

BodyParts WebWorker::Parts() {
    return {.hub = hub_, .source = source_, .clock = time::SystemClock(), .events = api_.events()};
}

void WebWorker::SubscribeToTap() {
    for (const char* topic : {"heartbeat.", "log.", "machine.", "restart.", "segment.", "silence.",
                              "splice.", "station.", "title.", "worker."}) {
        tap_.raw().set(zmq::sockopt::subscribe, topic);
    }
    tap_.OnMessage([this](const event::ZmqFrames& frames) {
        if (frames.size() != 2) return;
        const auto decoded = proto::Decode(frames[0], frames[1]);
        const auto* message = std::get_if<proto::Message>(&decoded);
        if (message == nullptr) return;
        vitals_.Feed(*message);
        api_.events().Feed(*message);
    });
    tap_.Connect(TapOf(worker_));
}

void WebWorker::FillHeartbeat(proto::Heartbeat& beat) const {
    beat.bytes_total = server_.stats().bytes_sent;
    beat.hits = server_.stats().hits;
    beat.connections = server_.connections();
}

int WebWorker::Run() {
    SubscribeToTap();
    Prepare();
    asio::co_spawn(worker_.loop(), Begin(), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
    });
    worker::Worker::Hooks hooks;
    hooks.fill_heartbeat = [this](proto::Heartbeat& beat) { FillHeartbeat(beat); };
    hooks.on_answer = [this](const proto::Answer& answer) { supervisor_.Hear(answer); };
    hooks.stop = [this](std::function<void()> finished) { Stop(std::move(finished)); };
    hooks.activate = [this] {
        standby_ = false;
        Listen();
    };
    hooks.retire = [this](const std::string& successor, std::function<void()> finished) {
        Retire(successor, std::move(finished));
    };
    return worker_.Run(std::move(hooks));
}

}  // namespace aircheck::webapi

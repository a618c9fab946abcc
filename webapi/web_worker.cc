// SPDX-License-Identifier: MIT
#include "webapi/web_worker.h"

#include <unistd.h>

#include <algorithm>

#include "common/log/log.h"
#include "common/worker/file_limit.h"
#include "proto/endpoints.h"
#include "webapi/instance_id.h"
#include "webapi/listen.h"

namespace aircheck::webapi {

namespace {

std::vector<std::string> Callsigns(const config::Config& config) {
    std::vector<std::string> callsigns;
    for (const auto& station : config.stations) callsigns.push_back(station.callsign);
    return callsigns;
}

/// As many descriptors as the system lets us have; half of them for clients, the other half for
/// the files that they listen to.
Limits LimitsForThisProcess() {
    Limits limits;
    if (const std::size_t files = worker::RaiseFileLimit(); files > 0)
        limits.connections = std::min(limits.connections, files / 2);
    return limits;
}

/// Of its own supervisor; where it runs alone, of any that may be there.
std::string TapOf(const worker::Worker& worker) {
    const auto& storage = worker.config().storage;
    return worker.arguments().control.empty()
               ? proto::TapEndpoint(storage)
               : proto::TapEndpoint(storage, worker.arguments().generation);
}

}  // namespace

WebWorker::WebWorker(worker::Worker& worker)
    : worker_(worker),
      vitals_(time::SystemClock()),
      reader_(storage::Layout(worker.config().storage)),
      hub_(worker.loop(), time::SystemClock(), reader_),
      disk_(worker.loop(), reader_, Callsigns(worker.config())),
      api_(MakeServices()),
      server_(worker.loop(), time::SystemClock(), LimitsForThisProcess(),
              [this](Request& request) { return api_.Dispatch(request); }),
      tap_(worker.loop(), zmq_, zmq::socket_type::sub) {}

Services WebWorker::MakeServices() {
    const int supervisor = worker_.arguments().supervisor_pid;
    return {.config = worker_.config(),
            .clock = time::SystemClock(),
            .reader = reader_,
            .hub = hub_,
            .vitals = vitals_,
            .disk = disk_,
            .instance_id = InstanceId(supervisor > 0 ? supervisor : ::getpid()),
            .started = time::SystemClock().Steady()};
}

void WebWorker::Listen() {
    const std::vector<int>& inherited = worker_.arguments().listen_fds;
    for (int fd : inherited) server_.Listen(util::UniqueFd(fd));
    if (!inherited.empty()) return;
    for (const config::Endpoint& endpoint : worker_.config().listen) {
        for (util::UniqueFd& fd : BindListeners(endpoint)) server_.Listen(std::move(fd));
        log::info("web: listening on {}:{}", endpoint.host, endpoint.port);
    }
}

void WebWorker::SubscribeToTap() {
    for (const char* topic : {"heartbeat.", "machine.", "station.", "worker."}) {
        tap_.raw().set(zmq::sockopt::subscribe, topic);
    }
    tap_.OnMessage([this](const event::ZmqFrames& frames) {
        if (frames.size() != 2) return;
        const auto decoded = proto::Decode(frames[0], frames[1]);
        if (const auto* message = std::get_if<proto::Message>(&decoded)) vitals_.Feed(*message);
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
    Listen();
    worker_.AnnounceReady();
    return worker_.Run({
        .fill_heartbeat = [this](proto::Heartbeat& beat) { FillHeartbeat(beat); },
        .on_command = [](const proto::Command&) {},
        .stop = [this](std::function<void()> finished) { server_.Stop(std::move(finished)); },
    });
}

}  // namespace aircheck::webapi

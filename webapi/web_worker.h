// SPDX-License-Identifier: MIT
#pragma once

#include <zmq.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/event/zmq_socket.h"
#include "common/worker/worker.h"
#include "webapi/api.h"
#include "webapi/catalog_reader.h"
#include "webapi/cloud/cloud_reader.h"
#include "webapi/http/access_log.h"
#include "webapi/http/server.h"
#include "webapi/listening/live_hub.h"
#include "webapi/listening/sound_source.h"
#include "webapi/looking/disk_usage.h"
#include "webapi/looking/vitals.h"
#include "webapi/metrics/last_day.h"
#include "webapi/operating/supervisor_line.h"
#include "webapi/takeover/hand_over.h"
#include "webapi/takeover/takeover_socket.h"

namespace aircheck::webapi {

/// The parts of a web worker, put together. One a process, on the loop's thread.
class WebWorker {
public:
    explicit WebWorker(worker::Worker& worker);

    /// Accepts on the inherited sockets, or on those of the configuration without a supervisor,
    /// as soon as it has proven that it answers and is not in standby (any more).
    int Run();

private:
    void Prepare();
    void Listen();
    boost::asio::awaitable<void> Begin();
    void Retire(const std::string& successor, std::function<void()> finished);
    void Stop(std::function<void()> finished);
    std::vector<int> Listeners();
    BodyParts Parts();
    void SubscribeToTap();
    void FillHeartbeat(proto::Heartbeat& beat) const;
    CloudReader* OpenCloud();
    Services MakeServices();

    worker::Worker& worker_;
    Vitals vitals_;
    CatalogReader reader_;
    std::optional<CloudReader> cloud_;
    SoundSource source_;
    LiveHub hub_;
    DiskUsage disk_;
    LastDay last_day_;
    SupervisorLine supervisor_;
    Api api_;
    std::optional<AccessLog> access_log_;
    Server server_;
    std::vector<util::UniqueFd> not_listening_;  // yet
    bool standby_;
    bool proven_ = false;
    std::optional<TakeoverSocket> takeover_;
    std::optional<HandOver> hand_over_;
    std::function<void()> after_hand_over_;  // while it lasts
    zmq::context_t zmq_{1};
    event::ZmqSocket tap_;
};

}  // namespace aircheck::webapi

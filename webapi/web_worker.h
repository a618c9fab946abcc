// SPDX-License-Identifier: MIT
#pragma once

#include <zmq.hpp>

#include <functional>

#include "common/event/zmq_socket.h"
#include "common/worker/worker.h"
#include "webapi/api.h"
#include "webapi/catalog_reader.h"
#include "webapi/disk_usage.h"
#include "webapi/live_hub.h"
#include "webapi/server.h"
#include "webapi/vitals.h"

namespace aircheck::webapi {

/// The parts of a web worker, put together. One a process, on the loop's thread.
class WebWorker {
public:
    explicit WebWorker(worker::Worker& worker);

    /// Accepts on the inherited sockets, or on those of the configuration without a supervisor.
    int Run();

private:
    void Listen();
    void SubscribeToTap();
    void FillHeartbeat(proto::Heartbeat& beat) const;
    Services MakeServices();

    worker::Worker& worker_;
    Vitals vitals_;
    CatalogReader reader_;
    LiveHub hub_;
    DiskUsage disk_;
    Api api_;
    Server server_;
    zmq::context_t zmq_{1};
    event::ZmqSocket tap_;
};

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "common/time/clock.h"
#include "supervisor/notify_socket.h"
#include "supervisor/service_environment.h"

namespace aircheck::supervisor {

/// Tells the service manager (systemd), if there is one, when the work is being done, how it goes,
/// and that the loop is alive. Owned by the supervisor; lives on the loop's thread.
class ServiceManager {
public:
    struct Status {
        std::vector<std::string> not_ready;  // workers, by name
        std::size_t recording = 0;           // of the stations
        std::size_t stations = 0;
    };

    /// A service manager ends a service that is not ready in time. One worker that cannot start
    /// must not cost the others their lives: after so long the service is ready without it.
    static constexpr std::chrono::seconds kPatience{60};

    ServiceManager(boost::asio::io_context& loop, const time::Clock& clock,
                   const ServiceEnvironment& given);

    /// Feeds the watchdog from now on, for as long as the loop runs.
    void Start();

    /// To be called each second at least, and when a worker gets ready. Only news is sent.
    void Update(const Status& status);

    void Stopping();

    /// Another process is the service from now on; this one says nothing any more.
    void HandOver(pid_t pid);

private:
    void Feed();

    const time::Clock& clock_;
    const time::SteadyTime patience_ends_;
    const std::chrono::microseconds feed_every_;
    NotifySocket socket_;
    boost::asio::steady_timer timer_;
    std::string told_;  // the status that was sent last
    bool ready_ = false;
    bool stopping_ = false;
};

}  // namespace aircheck::supervisor

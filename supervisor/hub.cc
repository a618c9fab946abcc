// SPDX-License-Identifier: MIT
#include "supervisor/hub.h"

#include <utility>

#include "proto/endpoints.h"

namespace aircheck::supervisor {
namespace {

constexpr std::size_t kTopicsPerStation = 3;

// In the heartbeat of a downloader, which may record all of them.
constexpr std::size_t kBeatBytesPerStation = 300;

}  // namespace

Hub::Hub(boost::asio::io_context& loop, const time::Clock& clock, const Options& options,
         Handler on_message)
    : control_(loop, clock, proto::ControlEndpoint(options.storage, options.generation),
               std::move(on_message)),
      tap_(loop, clock,
           {.storage = options.storage,
            .generation = options.generation,
            .largest = options.stations * kBeatBytesPerStation,
            .tcp = {.endpoint = options.tap,
                    .key = options.tap_key,
                    .state = options.stations * kTopicsPerStation + options.machines,
                    .largest = options.stations * kBeatBytesPerStation}}) {}

void Hub::Publish(const proto::Message& message) {
    Publish(proto::Topic(message), proto::Encode(message));
}

}  // namespace aircheck::supervisor

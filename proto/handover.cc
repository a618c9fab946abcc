// SPDX-License-Identifier: MIT
#include "proto/handover.h"

#include "proto/parse.h"
#include "proto/schema.h"
#include "proto/writer.h"

namespace aircheck::proto {

template <>
struct Schema<Handover> {
    using T = Handover;
    static constexpr auto kFields = std::tuple{
        Required("kind", &T::kind),
        Optional("version", &T::version),
        Optional("reason", &T::reason),
        Optional("generation", &T::generation),
        Optional("addresses", &T::addresses),
        Optional("quarantined", &T::quarantined),
        Optional("activated", &T::activated),
        Optional("notify_socket", &T::notify_socket),
        Optional("watchdog", &T::watchdog),
        Optional("stations", &T::stations),
        Optional("successors", &T::successors),
    };
};

std::string Encode(const Handover& message) {
    return Writer().Message(message);
}

std::variant<Handover, DecodeError> DecodeHandover(std::string_view json) {
    return ParseAs<Handover>(json);
}

}  // namespace aircheck::proto

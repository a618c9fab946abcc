// SPDX-License-Identifier: MIT
#include "webapi/looking/silent.h"

#include <boost/json/array.hpp>

#include <chrono>

#include "common/config/values.h"
#include "common/time/timestamp.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

json::object Describe(const proto::MachineEvent& machine) {
    json::object fields{
        {"machine", machine.machine}, {"last-heard", nullptr}, {"human-last-heard", nullptr}};
    if (machine.heard > 0) {
        const std::chrono::duration<double> heard(machine.heard);
        fields["last-heard"] = machine.heard;
        fields["human-last-heard"] =
            time::FormatIso(time::SysTime(std::chrono::round<time::Micros>(heard)));
    }
    return fields;
}

}  // namespace

json::object SilentFields(const Services& services) {
    json::array silent;
    for (const auto& [name, machine] : services.vitals.machines()) {
        if (machine.event == "silent") silent.push_back(Describe(machine));
    }
    json::object fields{{"silent", std::move(silent)},
                        {"machines", services.vitals.machines().size()},
                        {"listen", nullptr}};
    if (services.config.machines)
        fields["listen"] = config::Print(services.config.machines->listen);
    return fields;
}

}  // namespace aircheck::webapi

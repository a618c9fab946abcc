// SPDX-License-Identifier: MIT
#include "supervisor/cli/prune.h"

#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>
#include <zmq.hpp>

#include "common/catalog/catalog.h"
#include "common/log/log.h"
#include "common/retention/plan.h"
#include "common/storage/paths.h"
#include "common/time/timestamp.h"
#include "common/util/text.h"
#include "common/util/units.h"
#include "proto/endpoints.h"
#include "proto/messages.h"
#include "supervisor/cli/exit_codes.h"
#include "supervisor/cli/tap.h"

namespace aircheck::cli {
namespace {

namespace json = boost::json;
using retention::Action;
using retention::Step;

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kLook{500};

const char* Words(Action action) {
    switch (action) {
        case Action::kUpload:
            return "move to the cloud";
        case Action::kDeleteLocal:
            return "delete here, it is in the cloud";
        case Action::kDeleteEverywhere:
            return "delete";
        case Action::kDeleteUnsaved:
            break;
    }
    return "delete, though it is nowhere else";
}

std::string AsText(const retention::Rules& rules, const std::vector<Step>& steps) {
    std::string text;
    std::map<Action, std::pair<int, std::uint64_t>> sums;
    for (const Step& step : steps) {
        text += fmt::format("{}  {:>9}  {}: {}\n", step.segment.path,
                            util::FormatSize(step.segment.bytes), Words(step.action),
                            retention::Why(rules, step));
        auto& [count, bytes] = sums[step.action];
        ++count;
        bytes += step.segment.bytes;
    }
    if (steps.empty()) return "There is nothing to do.\n";
    for (const auto& [action, sum] : sums)
        text += fmt::format("{} segment{}, {}: {}\n", sum.first, sum.first == 1 ? "" : "s",
                            util::FormatSize(sum.second), Words(action));
    return text;
}

std::string AsJson(const retention::Rules& rules, const retention::DiskState& disk,
                   const std::vector<Step>& steps) {
    json::array list;
    for (const Step& step : steps)
        list.push_back(json::object{{"station", step.segment.station},
                                    {"file", step.segment.path},
                                    {"start", time::FormatIso(step.segment.start)},
                                    {"end", time::FormatIso(step.segment.end)},
                                    {"bytes", step.segment.bytes},
                                    {"object", step.segment.object},
                                    {"action", retention::Name(step.action)},
                                    {"reason", retention::Name(step.reason)},
                                    {"why", retention::Why(rules, step)}});
    return json::serialize(json::object{
               {"free", disk.free}, {"used", disk.Total()}, {"steps", std::move(list)}}) +
           '\n';
}

/// The generation of the supervisor that runs there: its heartbeat tells.
int Generation(const Instance& instance) {
    Tap tap(TapSource::Of(instance.storage), {"heartbeat.supervisor"});
    Tap::Message message;
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (tap.Next(message, deadline) == Tap::Wait::kMessage) {
        const auto decoded = proto::Decode(message.topic, message.json);
        const auto* known = std::get_if<proto::Message>(&decoded);
        const auto* beat = known ? std::get_if<proto::Heartbeat>(known) : nullptr;
        if (beat && beat->pid == instance.pid) return beat->generation;
    }
    throw std::runtime_error("nothing is heard of aircheckd, PID " + std::to_string(instance.pid));
}

/// Waits for the answer as long as that process lives.
proto::Answer Ask(const Instance& instance, const proto::Request& request) {
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(kLook.count()));
    socket.connect(proto::ControlEndpoint(instance.storage, Generation(instance)));
    const proto::Message message = request;
    socket.send(zmq::buffer(proto::Topic(message)), zmq::send_flags::sndmore);
    socket.send(zmq::buffer(proto::Encode(message)), zmq::send_flags::none);
    while (::getpgid(instance.pid) >= 0) {
        zmq::message_t topic;
        zmq::message_t body;
        if (!socket.recv(topic) || !topic.more() || !socket.recv(body)) continue;
        const auto decoded = proto::Decode(topic.to_string_view(), body.to_string_view());
        const auto* known = std::get_if<proto::Message>(&decoded);
        const auto* answer = known ? std::get_if<proto::Answer>(known) : nullptr;
        if (answer && answer->id == request.id) return *answer;
    }
    throw std::runtime_error("aircheckd has ended");
}

}  // namespace

int PlanPrune(const config::Config& config, const std::string& station, bool as_json) {
    if (config.file.empty())
        throw std::runtime_error(
            "what is to be kept stands in the configuration: name it with --config FILE");
    const storage::Layout layout(config.storage);
    if (!std::filesystem::exists(layout.Catalog()))
        throw std::runtime_error("there is no catalog in " + config.storage.string() +
                                 ": nothing has been recorded yet");
    const catalog::Catalog catalog(layout.Catalog(), catalog::Catalog::Mode::kReadOnly);
    const retention::Rules rules(config);
    const retention::DiskState disk{catalog.DiskUsage(),
                                    retention::MeasureFreeSpace(config.storage)};
    if (!station.empty() && !disk.used.contains(station))
        throw std::runtime_error("there are no recordings of " + util::CleanUtf8(station));
    auto steps = Plan(rules, time::SystemClock().Now(), disk, catalog.AllSegments());
    if (!station.empty())
        std::erase_if(steps, [&](const Step& step) { return step.segment.station != station; });
    const std::string text = as_json ? AsJson(rules, disk, steps) : AsText(rules, steps);
    std::fputs(text.c_str(), stdout);
    return kExitOk;
}

int Prune(const Instance& instance, const std::string& station) {
    if (!station.empty() && !storage::IsCallsign(station))
        throw std::runtime_error("\"" + util::CleanUtf8(station) + "\" is no station's name");
    const auto answer = Ask(instance, {.name = "aircheck-" + std::to_string(::getpid()),
                                       .id = 1,
                                       .request = "prune",
                                       .station = station});
    std::fprintf(answer.accepted ? stdout : stderr, "%s\n", answer.text.c_str());
    return answer.accepted ? kExitOk : kExitError;
}

}  // namespace aircheck::cli

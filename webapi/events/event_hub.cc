// SPDX-License-Identifier: MIT
#include "webapi/events/event_hub.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "webapi/events/events_body.h"
#include "webapi/events/present.h"
#include "webapi/http/json_text.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

/// Those who come within it get the same text.
constexpr std::chrono::milliseconds kFreshEnough{200};

std::string FormatEvent(std::string_view event, std::string_view data) {
    std::string text("event: ");
    text += event;
    text += "\ndata: ";
    text += data;
    text += "\n\n";
    return text;
}

template <typename Lines>
std::string LogText(const Lines& lines) {
    return JsonText(json::object{{"lines", json::array(lines.begin(), lines.end())}});
}

/// What anybody may see of a message: the address that is recorded may have a password in it, and
/// a log anything.
proto::Message Public(proto::Message message) {
    if (auto* station = std::get_if<proto::StationEvent>(&message)) station->url.clear();
    if (auto* worker = std::get_if<proto::WorkerEvent>(&message)) worker->last_words.clear();
    return message;
}

}  // namespace

void EventHub::Feed(const proto::Message& message) {
    if (const auto* log = std::get_if<proto::LogEvent>(&message)) return TellLog(*log);
    Remember(message);
    if (const auto* beat = std::get_if<proto::Heartbeat>(&message)) return TellBeat(*beat);
    const std::string topic = proto::Topic(message);
    Tell(std::string_view(topic).substr(0, topic.find('.')), proto::Encode(Public(message)));
}

/// A log may say anything: it is not for everybody.
void EventHub::TellLog(const proto::LogEvent& event) {
    const auto lines = log_.Add(event);
    if (!lines.empty()) TellOperators("log", LogText(lines));
}

void EventHub::TellOperators(std::string_view event, std::string_view data) {
    EventHub::Text text;
    for (EventsBody* body : watchers_) {
        if (body->watcher() != Watcher::kOperator) continue;
        if (!text) text = std::make_shared<const std::string>(FormatEvent(event, data));
        body->Push(text);
    }
}

std::string EventHub::Backstage() const {
    std::string text;
    if (!log_.all().empty()) text += FormatEvent("log", LogText(log_.all()));
    const json::object keeping = KeepingFields(services_);
    if (!keeping.empty()) text += FormatEvent("keeping", JsonText(keeping));
    return text;
}

void EventHub::Remember(const proto::Message& message) {
    if (const auto* station = std::get_if<proto::StationEvent>(&message)) {
        proto::StationEvent& last = stations_[station->station];
        // What is told again, as by another recorder, is nothing new.
        if (last.state != station->state) last = *station;
    } else if (const auto* title = std::get_if<proto::TitleEvent>(&message)) {
        titles_[title->station] = *title;
    } else if (const auto* restart = std::get_if<proto::RestartEvent>(&message)) {
        restart_ = *restart;
    } else {
        return;
    }
    present_.reset();
}

void EventHub::TellBeat(const proto::Heartbeat& beat) {
    json::object stations;
    for (const proto::StationBeat& news : beat.stations) {
        if (!recorders_[news.station].Accept(beat.name, news, beat.time)) continue;
        stations[news.station] = json::object{
            {"state", news.state}, {"bytes", news.bytes}, {"last", news.last_recorded}};
    }
    if (watchers_.empty()) return;
    const time::SteadyTime now = services_.clock.Steady();
    if (now - refreshed_ >= kRefresh) {
        refreshed_ = now;
        const Text present = Present();
        for (EventsBody* body : watchers_) body->Push(present);
    }
    json::object fields = WorkerFields(beat);
    fields["time"] = beat.time;
    if (!stations.empty()) fields["stations"] = std::move(stations);
    Tell("beat", JsonText(fields));
    if (beat.role == "pruner") TellOperators("keeping", JsonText(KeepingFields(services_)));
}

void EventHub::Tell(std::string_view event, std::string_view data) {
    if (watchers_.empty()) return;
    const auto text = std::make_shared<const std::string>(FormatEvent(event, data));
    for (EventsBody* body : watchers_) body->Push(text);
}

EventHub::Text EventHub::Present() {
    const time::SteadyTime now = services_.clock.Steady();
    if (present_ == nullptr || now - made_ > kFreshEnough) {
        const json::object fields = PresentFields(services_, {stations_, titles_, restart_});
        present_ = std::make_shared<const std::string>(FormatEvent("now", JsonText(fields)));
        made_ = now;
    }
    return present_;
}

}  // namespace aircheck::webapi

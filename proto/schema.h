// SPDX-License-Identifier: MIT
#pragma once

#include "proto/messages.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>

namespace aircheck::proto {

/// Longest text in a message, in bytes.
inline constexpr std::size_t kMaxTextBytes = 4096;

/// Longest name of a worker or station, in bytes.
inline constexpr std::size_t kMaxNameBytes = 255;

/// Largest number of seconds (a date in 2106). Up to here a double tells microseconds apart, which
/// is what times are rounded to on both ways.
inline constexpr double kMaxSeconds = 4294967296;

inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();

enum class Need { kRequired, kOptional };

/// What a text may be: any, not empty, or the name of a worker or station.
enum class Text { kAny, kFilled, kName };

/// One field of a message: its JSON name, where it lives, and what values it takes. `min` and
/// `max` are for numbers, within the limits of their type; `text` is for texts.
template <typename Owner, typename Value>
struct Field {
    std::string_view name;
    Value Owner::*member;
    Need need;
    double min;
    double max;
    Text text;
};

template <typename Owner, typename Value>
constexpr Field<Owner, Value> Required(std::string_view name, Value Owner::*member,
                                       double min = 0) {
    return {name, member, Need::kRequired, min, kNoLimit, Text::kFilled};
}

template <typename Owner>
constexpr Field<Owner, std::string> RequiredName(std::string_view name,
                                                 std::string Owner::*member) {
    return {name, member, Need::kRequired, 0, 0, Text::kName};
}

template <typename Owner, typename Value>
constexpr Field<Owner, Value> Optional(std::string_view name, Value Owner::*member, double min = 0,
                                       double max = kNoLimit) {
    return {name, member, Need::kOptional, min, max, Text::kAny};
}

/// Each message's topic and fields, listed once for both directions. Messages about somebody have
/// a `kSubject`, which is the rest of the topic.
template <typename T>
struct Schema;

template <>
struct Schema<StationBeat> {
    using T = StationBeat;
    static constexpr auto kFields = std::tuple{
        RequiredName("station", &T::station),
        Required("state", &T::state),
        Optional("take", &T::take),
        Optional("file", &T::file),
        Optional("bytes", &T::bytes),
        Optional("bytes_total", &T::bytes_total),
        Optional("frames_total", &T::frames_total),
        Optional("frames", &T::frames),
        Optional("take_bytes", &T::take_bytes),
        Optional("skipped", &T::skipped),
        Optional("connects", &T::connects),
        Optional("breaks", &T::breaks),
        Optional("idle", &T::idle, -1),
        Optional("last_recorded", &T::last_recorded),
        Optional("cause", &T::cause),
        Optional("next_cascade", &T::next_cascade),
    };
};

template <>
struct Schema<Heartbeat> {
    using T = Heartbeat;
    static constexpr std::string_view kTopic = "heartbeat";
    static constexpr auto kSubject = &T::name;
    static constexpr auto kFields = std::tuple{
        RequiredName("name", &T::name),
        Required("role", &T::role),
        Required("pid", &T::pid, 1),
        Required("generation", &T::generation),
        Required("seq", &T::seq, 1),
        Required("time", &T::time),
        Optional("uptime", &T::uptime),
        Optional("bytes", &T::bytes),
        Optional("bytes_total", &T::bytes_total),
        Optional("memory", &T::memory),
        Optional("memory_peak", &T::memory_peak),
        Optional("threads", &T::threads),
        Optional("files", &T::files),
        Optional("connections", &T::connections),
        Optional("hits", &T::hits),
        Optional("next_prune", &T::next_prune),
        Optional("cloud", &T::cloud),
        Optional("cloud_error", &T::cloud_error),
        Optional("cloud_since", &T::cloud_since),
        Optional("unsaved", &T::unsaved),
        Optional("stations", &T::stations),
    };
};

template <>
struct Schema<Ready> {
    using T = Ready;
    static constexpr std::string_view kTopic = "ready";
    static constexpr auto kSubject = &T::name;
    static constexpr auto kFields = std::tuple{
        RequiredName("name", &T::name),
        Required("pid", &T::pid, 1),
        Required("generation", &T::generation),
    };
};

template <>
struct Schema<Command> {
    using T = Command;
    static constexpr std::string_view kTopic = "command";
    static constexpr auto kFields = std::tuple{
        Required("command", &T::command),   Optional("successor", &T::successor),
        Optional("pid", &T::pid),           Optional("accepted", &T::accepted),
        Optional("stations", &T::stations), Optional("station", &T::station),
        Optional("kbps", &T::kbps),         Optional("id", &T::id),
    };
};

template <>
struct Schema<Request> {
    using T = Request;
    static constexpr std::string_view kTopic = "request";
    static constexpr auto kSubject = &T::name;
    static constexpr auto kFields = std::tuple{
        RequiredName("name", &T::name),
        Required("id", &T::id),
        Required("request", &T::request),
        Optional("station", &T::station),
    };
};

template <>
struct Schema<Task> {
    using T = Task;
    static constexpr auto kFields = std::tuple{
        Required("what", &T::what),
        Optional("subject", &T::subject),
        Optional("since", &T::since),
        Optional("at", &T::at),
    };
};

template <>
struct Schema<Answer> {
    using T = Answer;
    static constexpr std::string_view kTopic = "answer";
    static constexpr auto kFields = std::tuple{
        Required("id", &T::id),
        Required("accepted", &T::accepted),
        Optional("text", &T::text),
        Optional("running", &T::running),
        Optional("installed", &T::installed),
        Optional("fraction", &T::fraction),
        Optional("tasks", &T::tasks),
    };
};

template <>
struct Schema<Rejected> {
    using T = Rejected;
    static constexpr std::string_view kTopic = "rejected";
    static constexpr auto kFields = std::tuple{
        Required("reason", &T::reason),
        Optional("version", &T::version),
    };
};

template <>
struct Schema<WorkerEvent> {
    using T = WorkerEvent;
    static constexpr std::string_view kTopic = "worker";
    static constexpr auto kSubject = &T::name;
    static constexpr auto kFields = std::tuple{
        RequiredName("name", &T::name),
        Required("role", &T::role),
        Required("event", &T::event),
        Required("pid", &T::pid),
        Required("generation", &T::generation),
        Optional("restarts", &T::restarts),
        Required("time", &T::time),
        Optional("code", &T::code, 0, 255),
        Optional("signal", &T::signal, 0, 64),
        Optional("retry", &T::retry),
        Optional("core", &T::core),
        Optional("last_words", &T::last_words),
        Optional("suspect", &T::suspect),
    };
};

template <>
struct Schema<StationEvent> {
    using T = StationEvent;
    static constexpr std::string_view kTopic = "station";
    static constexpr auto kSubject = &T::station;
    static constexpr auto kFields = std::tuple{
        RequiredName("station", &T::station),
        Required("state", &T::state),
        Optional("cause", &T::cause),
        Optional("take", &T::take),
        Optional("url", &T::url),
        Required("time", &T::time),
        Optional("bitrate", &T::bitrate),
    };
};

template <>
struct Schema<SegmentEvent> {
    using T = SegmentEvent;
    static constexpr std::string_view kTopic = "segment";
    static constexpr auto kSubject = &T::station;
    static constexpr auto kFields = std::tuple{
        RequiredName("station", &T::station), Optional("take", &T::take),
        Required("event", &T::event),         Required("file", &T::file),
        Required("start", &T::start),         Optional("end", &T::end),
        Optional("bytes", &T::bytes),
    };
};

template <>
struct Schema<SpliceEvent> {
    using T = SpliceEvent;
    static constexpr std::string_view kTopic = "splice";
    static constexpr auto kSubject = &T::station;
    static constexpr auto kFields = std::tuple{
        RequiredName("station", &T::station), Required("older", &T::older),
        Required("newer", &T::newer),         Required("exact", &T::exact),
        Optional("overlap", &T::overlap),     Required("time", &T::time),
    };
};

template <>
struct Schema<RestartEvent> {
    using T = RestartEvent;
    static constexpr std::string_view kTopic = "restart";
    static constexpr auto kSubject = &T::name;
    static constexpr auto kFields = std::tuple{
        RequiredName("name", &T::name),     Required("event", &T::event),
        Optional("pid", &T::pid),           Required("generation", &T::generation),
        Optional("version", &T::version),   Optional("reason", &T::reason),
        Required("time", &T::time),         Optional("elapsed", &T::elapsed),
        Optional("stations", &T::stations), Optional("exact", &T::exact),
        Optional("lost", &T::lost),         Optional("doubled", &T::doubled),
    };
};

template <>
struct Schema<TitleEvent> {
    using T = TitleEvent;
    static constexpr std::string_view kTopic = "title";
    static constexpr auto kSubject = &T::station;
    static constexpr auto kFields = std::tuple{
        RequiredName("station", &T::station),
        Optional("title", &T::title),
        Optional("url", &T::url),
        Required("time", &T::time),
    };
};

template <>
struct Schema<SilenceEvent> {
    using T = SilenceEvent;
    static constexpr std::string_view kTopic = "silence";
    static constexpr auto kSubject = &T::station;
    static constexpr auto kFields = std::tuple{
        RequiredName("station", &T::station), Required("silent", &T::silent),
        Required("since", &T::since),         Optional("until", &T::until),
        Required("time", &T::time),
    };
};

template <>
struct Schema<LogEvent> {
    using T = LogEvent;
    static constexpr std::string_view kTopic = "log";
    static constexpr auto kSubject = &T::name;
    static constexpr auto kFields = std::tuple{
        RequiredName("name", &T::name),
        Optional("lines", &T::lines),
        Required("last", &T::last),
        Required("time", &T::time),
    };
};

template <>
struct Schema<MachineEvent> {
    using T = MachineEvent;
    static constexpr std::string_view kTopic = "machine";
    static constexpr auto kSubject = &T::machine;
    static constexpr auto kFields = std::tuple{
        Required("machine", &T::machine),
        Required("event", &T::event),
        Optional("heard", &T::heard),
        Required("time", &T::time),
    };
};

template <typename T>
concept HasSubject = requires {
    Schema<T>::kSubject;
};

template <typename T>
concept HasSchema = requires {
    Schema<T>::kFields;
};

/// Calls `use` with each field of T, in order.
template <typename T, typename Use>
void ForEachField(Use&& use) {
    std::apply([&](const auto&... field) { (use(field), ...); }, Schema<T>::kFields);
}

/// "heartbeat.downloader-0"; "command"
template <typename T>
std::string TopicOf(const T& message) {
    std::string topic(Schema<T>::kTopic);
    if constexpr (HasSubject<T>) topic += "." + message.*Schema<T>::kSubject;
    return topic;
}

template <typename T>
bool IsTopicOf(const T& message, std::string_view topic) {
    if (!topic.starts_with(Schema<T>::kTopic)) return false;
    topic.remove_prefix(Schema<T>::kTopic.size());
    if constexpr (HasSubject<T>)
        return topic.starts_with('.') && topic.substr(1) == message.*Schema<T>::kSubject;
    else
        return topic.empty();
}

/// Seconds, rounded to whole microseconds.
inline double ToMicros(double seconds) {
    return std::round(seconds * 1e6) / 1e6;
}

}  // namespace aircheck::proto

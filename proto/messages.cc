// SPDX-License-Identifier: MIT
#include "proto/messages.h"

#include "proto/parse.h"
#include "proto/schema.h"
#include "proto/writer.h"

#include <array>
#include <cstdint>

namespace aircheck::proto {
namespace {

using Result = std::variant<Message, DecodeError>;
using Kind = DecodeError::Kind;

/// Of a message, unless it tells of many stations: what parsing it takes is kept for the next.
constexpr std::size_t kUsualBytes = std::size_t{64} << 10;

DecodeError Malformed(std::string reason) {
    return {Kind::kMalformed, std::move(reason)};
}

bool IsComplete(const Command& command) {
    return command.command != "bitrate" || (!command.station.empty() && command.kbps > 0);
}

template <typename T>
Result Read(std::string_view topic, const JsonObject& object) {
    T message;
    Reader reader;
    if (!reader.Read(object, message)) return Malformed(reader.reason());
    if (!IsTopicOf(message, topic))
        return Malformed("the topic is not that of the message, " + TopicOf(message));
    if constexpr (std::is_same_v<T, Command>) {
        if (!IsComplete(message)) return Malformed("bitrate: needs station and kbps");
    }
    return Message(std::move(message));
}

using ReadFunction = Result (*)(std::string_view, const JsonObject&);

struct Topics {
    std::string_view prefix;
    ReadFunction read;
};

template <typename... T>
constexpr auto MakeTopics(std::type_identity<std::variant<T...>>) {
    return std::array{Topics{Schema<T>::kTopic, &Read<T>}...};
}

constexpr auto kTopics = MakeTopics(std::type_identity<Message>{});

ReadFunction FindTopic(std::string_view topic) {
    const std::string_view prefix = topic.substr(0, topic.find('.'));
    for (const Topics& known : kTopics) {
        if (known.prefix == prefix) return known.read;
    }
    return nullptr;
}

std::optional<DecodeError> CheckVersion(const JsonObject& object) {
    simdjson::dom::element version;
    if (object.at_key("v").get(version) != simdjson::SUCCESS) return Malformed("v: missing");
    std::int64_t number = 0;
    if (version.get(number) != simdjson::SUCCESS) return Malformed("v: not a whole number");
    if (number == kVersion) return std::nullopt;
    return DecodeError{Kind::kUnknownVersion, "version " + std::to_string(number) +
                                                  " is not spoken here, only " +
                                                  std::to_string(kVersion)};
}

}  // namespace

std::optional<DecodeError> ParseMessage(std::string_view text,
                                        const std::function<void(const JsonObject&)>& use) {
    if (text.size() > kMaxMessageBytes) {
        return DecodeError{Kind::kOversized,
                           "longer than " + std::to_string(kMaxMessageBytes) + " bytes"};
    }
    thread_local simdjson::dom::parser usual;
    simdjson::dom::parser large;
    simdjson::dom::parser& parser = text.size() > kUsualBytes ? large : usual;
    simdjson::dom::element whole;
    if (const auto error = parser.parse(text.data(), text.size()).get(whole))
        return Malformed(std::string("not JSON: ") + simdjson::error_message(error));
    JsonObject object;
    if (whole.get(object) != simdjson::SUCCESS) return Malformed("not a JSON object");
    if (auto wrong_version = CheckVersion(object)) return wrong_version;
    use(object);
    return std::nullopt;
}

std::string Topic(const Message& message) {
    return std::visit([](const auto& m) { return TopicOf(m); }, message);
}

std::string Encode(const Message& message) {
    return std::visit([](const auto& m) { return Writer().Message(m); }, message);
}

std::variant<Message, DecodeError> Decode(std::string_view topic, std::string_view json) {
    const ReadFunction read = FindTopic(topic);
    if (read == nullptr) return DecodeError{Kind::kUnknownTopic, "no such topic"};
    Result result;
    const auto error =
        ParseMessage(json, [&](const JsonObject& object) { result = read(topic, object); });
    if (error) result = *error;
    return result;
}

}  // namespace aircheck::proto

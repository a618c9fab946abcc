// SPDX-License-Identifier: MIT
#include "proto/messages.h"

#include "proto/parse.h"
#include "proto/reader.h"
#include "proto/schema.h"
#include "proto/writer.h"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include <array>

namespace aircheck::proto {
namespace {

namespace json = boost::json;

using Result = std::variant<Message, DecodeError>;
using Kind = DecodeError::Kind;

/// What parsing a message takes, unless it tells of many stations. Not in the heap.
constexpr std::size_t kUsualMemory = 8192;

DecodeError Malformed(std::string reason) {
    return {Kind::kMalformed, std::move(reason)};
}

bool IsComplete(const Command& command) {
    return command.command != "bitrate" || (!command.station.empty() && command.kbps > 0);
}

template <typename T>
Result Read(std::string_view topic, const json::object& object) {
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

using ReadFunction = Result (*)(std::string_view, const json::object&);

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

std::optional<DecodeError> CheckVersion(const json::object& object) {
    const json::value* version = object.if_contains("v");
    if (version == nullptr) return Malformed("v: missing");
    const std::int64_t* number = version->if_int64();
    if (number == nullptr) return Malformed("v: not a whole number");
    if (*number == kVersion) return std::nullopt;
    return DecodeError{Kind::kUnknownVersion, "version " + std::to_string(*number) +
                                                  " is not spoken here, only " +
                                                  std::to_string(kVersion)};
}

}  // namespace

std::optional<DecodeError> ParseMessage(std::string_view text,
                                        const std::function<void(const json::object&)>& use) {
    if (text.size() > kMaxMessageBytes) {
        return DecodeError{Kind::kOversized,
                           "longer than " + std::to_string(kMaxMessageBytes) + " bytes"};
    }
    std::array<unsigned char, kUsualMemory> usual;
    json::monotonic_resource memory(usual.data(), usual.size());
    boost::system::error_code error;
    const json::value value = json::parse(text, error, &memory);
    if (error) return Malformed("not JSON: " + error.message());
    const json::object* object = value.if_object();
    if (object == nullptr) return Malformed("not a JSON object");
    if (auto wrong_version = CheckVersion(*object)) return wrong_version;
    use(*object);
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
        ParseMessage(json, [&](const json::object& object) { result = read(topic, object); });
    if (error) result = *error;
    return result;
}

}  // namespace aircheck::proto

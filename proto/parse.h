// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <variant>

#include "proto/messages.h"
#include "proto/reader.h"

namespace aircheck::proto {

/// Calls `use` with the JSON object of a message of our version; else says why there is none.
/// The object lives until `use` returns, which must not parse another one.
std::optional<DecodeError> ParseMessage(std::string_view text,
                                        const std::function<void(const JsonObject&)>& use);

/// A message that has no topic.
template <HasSchema T>
std::variant<T, DecodeError> ParseAs(std::string_view text) {
    std::variant<T, DecodeError> result;
    const auto error = ParseMessage(text, [&](const JsonObject& object) {
        T message;
        Reader reader;
        if (reader.Read(object, message))
            result = std::move(message);
        else
            result = DecodeError{DecodeError::Kind::kMalformed, reader.reason()};
    });
    if (error) result = *error;
    return result;
}

}  // namespace aircheck::proto

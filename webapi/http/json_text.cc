// SPDX-License-Identifier: MIT
#include "webapi/http/json_text.h"

#include <boost/json/serialize.hpp>

#include <cmath>
#include <iterator>

#include "common/log/log.h"

namespace aircheck::webapi {

namespace json = boost::json;

namespace {

void Append(std::string& text, const json::value& value) {
    const char* separator = "";
    if (const auto* object = value.if_object()) {
        text += '{';
        for (const auto& [key, member] : *object) {
            text += separator + json::serialize(json::string_view(key)) + ':';
            Append(text, member);
            separator = ",";
        }
        text += '}';
    } else if (const auto* array = value.if_array()) {
        text += '[';
        for (const json::value& element : *array) {
            text += separator;
            Append(text, element);
            separator = ",";
        }
        text += ']';
    } else if (const auto* number = value.if_double()) {
        if (std::isfinite(*number)) {
            fmt::format_to(std::back_inserter(text), "{}", *number);
        } else {
            text += "null";
        }
    } else {
        text += json::serialize(value);
    }
}

}  // namespace

std::string JsonText(const json::value& value) {
    std::string text;
    Append(text, value);
    return text;
}

}  // namespace aircheck::webapi

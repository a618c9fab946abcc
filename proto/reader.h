// SPDX-License-Identifier: MIT
#pragma once

#include "proto/schema.h"

#include <simdjson.h>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace aircheck::proto {

using JsonValue = simdjson::dom::element;
using JsonObject = simdjson::dom::object;

/// Reads JSON objects by their schema. Each function answers whether all was right; if not,
/// reason() says what is wrong with which field. Never throws for what the JSON says.
class Reader {
public:
    template <HasSchema T>
    bool Read(const JsonObject& object, T& out) {
        bool right = true;
        Place next{object.begin(), object.end(), 0};
        ForEachField<T>(
            [&](const auto& field) { right = right && ReadField(object, field, next, out); });
        return right;
    }

    /// "stations[2].bytes: not a whole number from 0"
    const std::string& reason() const { return reason_; }

private:
    /// In an object, where its next field is likely to be.
    struct Place {
        JsonObject::iterator at;
        const JsonObject::iterator end;
        std::uint64_t marks;  // of all keys, once one had to be looked for; 0: not yet
    };

    /// Objects of ours are in the order of the schema: `next` stands where the field is then, and
    /// nothing has to be looked up.
    template <typename T, typename Value>
    bool ReadField(const JsonObject& object, const Field<T, Value>& field, Place& next, T& out) {
        const bool in_order = next.at != next.end && next.at.key_equals(field.name);
        if (!in_order && !Find(object, field.name, next))
            return field.need == Need::kOptional || Wrong(field.name, "missing");
        const JsonValue value = next.at.value();
        ++next.at;
        return ReadValue(value, field, out.*field.member);
    }

    static bool Find(const JsonObject& object, std::string_view key, Place& next);

    template <typename F, typename T>
    bool ReadValue(const JsonValue& value, const F& field, std::optional<T>& out) {
        return value.is_null() || ReadValue(value, field, out.emplace());
    }

    template <typename F, HasSchema T>
    bool ReadValue(const JsonValue& value, const F& field, std::vector<T>& out) {
        return ReadItems(value, field.name, [&](const JsonValue& item, std::size_t i) {
            JsonObject object;
            if (item.get(object) != simdjson::SUCCESS)
                return Wrong(Item(field.name, i), "not an object");
            if (Read(object, out.emplace_back())) return true;
            reason_.insert(0, Item(field.name, i) + ".");
            return false;
        });
    }

    template <typename F, HasSchema T>
    bool ReadValue(const JsonValue& value, const F& field, T& out) {
        JsonObject object;
        if (value.get(object) != simdjson::SUCCESS) return Wrong(field.name, "not an object");
        if (Read(object, out)) return true;
        reason_.insert(0, std::string(field.name) + ".");
        return false;
    }

    template <typename F>
    bool ReadValue(const JsonValue& value, const F& field, std::vector<std::string>& out) {
        return ReadItems(value, field.name, [&](const JsonValue& item, std::size_t i) {
            return ReadText(item, Item(field.name, i), Text::kAny, out.emplace_back());
        });
    }

    template <typename Use>
    bool ReadItems(const JsonValue& value, std::string_view name, const Use& use) {
        simdjson::dom::array items;
        if (value.get(items) != simdjson::SUCCESS) return Wrong(name, "not an array");
        std::size_t i = 0;
        for (const JsonValue item : items)
            if (!use(item, i++)) return false;
        return true;
    }

    static std::string Item(std::string_view name, std::size_t i) {
        return std::string(name) + "[" + std::to_string(i) + "]";
    }

    template <typename F>
    bool ReadValue(const JsonValue& value, const F& field, bool& out) {
        return value.get(out) == simdjson::SUCCESS || Wrong(field.name, "neither true nor false");
    }

    template <typename F, std::integral T>
    bool ReadValue(const JsonValue& value, const F& field, T& out) {
        std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t> number = 0;
        const bool whole = value.get(number) == simdjson::SUCCESS && std::in_range<T>(number);
        const auto size = static_cast<double>(number);
        if (!whole || size < field.min || size > field.max)
            return Wrong(field.name, "not a whole number " + Range(field.min, field.max));
        out = static_cast<T>(number);
        return true;
    }

    template <typename F>
    bool ReadValue(const JsonValue& value, const F& field, double& out) {
        double number = 0;
        const bool is_number = value.get(number) == simdjson::SUCCESS;
        const double max = std::min(field.max, kMaxSeconds);
        // Written so that what is no number at all is refused as well.
        if (!is_number || !(number >= field.min && number <= max))
            return Wrong(field.name, "not a number " + Range(field.min, max));
        out = ToMicros(number);
        return true;
    }

    template <typename F>
    bool ReadValue(const JsonValue& value, const F& field, std::string& out) {
        return ReadText(value, field.name, field.text, out);
    }

    bool ReadText(const JsonValue& value, std::string_view name, Text kind, std::string& out);
    bool Wrong(std::string_view place, std::string_view what);
    static std::string Range(double min, double max);

    std::string reason_;
};

}  // namespace aircheck::proto

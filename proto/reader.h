// SPDX-License-Identifier: MIT
#pragma once

#include "proto/schema.h"

#include <boost/json/object.hpp>

#include <cmath>
#include <concepts>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace aircheck::proto {

/// Reads JSON objects by their schema. Each function answers whether all was right; if not,
/// reason() says what is wrong with which field. Never throws for what the JSON says.
class Reader {
public:
    template <HasSchema T>
    bool Read(const boost::json::object& object, T& out) {
        bool right = true;
        auto next = object.begin();
        ForEachField<T>(
            [&](const auto& field) { right = right && ReadField(object, field, next, out); });
        return right;
    }

    /// "stations[2].bytes: not a whole number from 0"
    const std::string& reason() const { return reason_; }

private:
    /// Objects of ours are in the order of the schema: `next` stands where the field is then, and
    /// nothing has to be looked up.
    template <typename T, typename Value>
    bool ReadField(const boost::json::object& object, const Field<T, Value>& field,
                   boost::json::object::const_iterator& next, T& out) {
        const bool in_order = next != object.end() && next->key() == field.name;
        const auto found = in_order ? next : object.find(field.name);
        if (found == object.end())
            return field.need == Need::kOptional || Wrong(field.name, "missing");
        next = std::next(found);
        return ReadValue(found->value(), field, out.*field.member);
    }

    template <typename F, typename T>
    bool ReadValue(const boost::json::value& value, const F& field, std::optional<T>& out) {
        return value.is_null() || ReadValue(value, field, out.emplace());
    }

    template <typename F, HasSchema T>
    bool ReadValue(const boost::json::value& value, const F& field, std::vector<T>& out) {
        const boost::json::array* items = value.if_array();
        if (items == nullptr) return Wrong(field.name, "not an array");
        out.resize(items->size());
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::string place = std::string(field.name) + "[" + std::to_string(i) + "]";
            const boost::json::object* object = (*items)[i].if_object();
            if (object == nullptr) return Wrong(place, "not an object");
            if (!Read(*object, out[i])) {
                reason_.insert(0, place + ".");
                return false;
            }
        }
        return true;
    }

    template <typename F, HasSchema T>
    bool ReadValue(const boost::json::value& value, const F& field, T& out) {
        const boost::json::object* object = value.if_object();
        if (object == nullptr) return Wrong(field.name, "not an object");
        if (Read(*object, out)) return true;
        reason_.insert(0, std::string(field.name) + ".");
        return false;
    }

    template <typename F>
    bool ReadValue(const boost::json::value& value, const F& field, std::vector<std::string>& out) {
        const boost::json::array* items = value.if_array();
        if (items == nullptr) return Wrong(field.name, "not an array");
        out.resize(items->size());
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::string place = std::string(field.name) + "[" + std::to_string(i) + "]";
            if (!ReadText((*items)[i], place, Text::kAny, out[i])) return false;
        }
        return true;
    }

    template <typename F>
    bool ReadValue(const boost::json::value& value, const F& field, bool& out) {
        const bool* yes = value.if_bool();
        if (yes == nullptr) return Wrong(field.name, "neither true nor false");
        out = *yes;
        return true;
    }

    template <typename F, std::integral T>
    bool ReadValue(const boost::json::value& value, const F& field, T& out) {
        boost::system::error_code error;
        const T number = value.is_double() ? T{} : value.to_number<T>(error);
        const auto size = static_cast<double>(number);
        if (value.is_double() || error || size < field.min || size > field.max)
            return Wrong(field.name, "not a whole number " + Range(field.min, field.max));
        out = number;
        return true;
    }

    template <typename F>
    bool ReadValue(const boost::json::value& value, const F& field, double& out) {
        boost::system::error_code error;
        const double number = value.to_number<double>(error);
        const double max = std::min(field.max, kMaxSeconds);
        // Written so that what is no number at all is refused as well.
        if (error || !(number >= field.min && number <= max))
            return Wrong(field.name, "not a number " + Range(field.min, max));
        out = ToMicros(number);
        return true;
    }

    template <typename F>
    bool ReadValue(const boost::json::value& value, const F& field, std::string& out) {
        return ReadText(value, field.name, field.text, out);
    }

    bool ReadText(const boost::json::value& value, std::string_view name, Text kind,
                  std::string& out);
    bool Wrong(std::string_view place, std::string_view what);
    static std::string Range(double min, double max);

    std::string reason_;
};

}  // namespace aircheck::proto

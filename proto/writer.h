// SPDX-License-Identifier: MIT
#pragma once

#include "proto/schema.h"

#include <concepts>
#include <optional>
#include <string>
#include <vector>

namespace aircheck::proto {

/// Writes JSON objects by their schema: fields in the order of the table, nothing for an absent
/// optional. Numbers are plain decimals, so that a person reading a tap can read the times.
class Writer {
public:
    /// With the version in front, as a message has it.
    template <HasSchema T>
    std::string Message(const T& message) {
        out_ = "{\"v\":" + std::to_string(kVersion);
        Fields(message);
        out_ += '}';
        return std::move(out_);
    }

private:
    template <HasSchema T>
    void Fields(const T& object) {
        ForEachField<T>([&](const auto& field) { Entry(field.name, object.*field.member); });
    }

    template <typename T>
    void Entry(std::string_view name, const T& value) {
        if (out_.back() != '{') out_ += ',';
        out_ += '"';
        out_ += name;
        out_ += "\":";
        Value(value);
    }

    template <typename T>
    void Entry(std::string_view name, const std::optional<T>& value) {
        if (value) Entry(name, *value);
    }

    template <HasSchema T>
    void Value(const T& object) {
        out_ += '{';
        Fields(object);
        out_ += '}';
    }

    template <HasSchema T>
    void Value(const std::vector<T>& items) {
        out_ += '[';
        for (const T& item : items) {
            if (out_.back() != '[') out_ += ',';
            Value(item);
        }
        out_ += ']';
    }

    void Value(const std::vector<std::string>& items) {
        out_ += '[';
        for (const std::string& item : items) {
            if (out_.back() != '[') out_ += ',';
            Value(item);
        }
        out_ += ']';
    }

    void Value(bool yes) { out_ += yes ? "true" : "false"; }
    void Value(std::integral auto number) { out_ += std::to_string(number); }
    void Value(double seconds);
    void Value(const std::string& text);

    std::string out_;
};

}  // namespace aircheck::proto

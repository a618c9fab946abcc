// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace aircheck::webapi {

/// A text in Prometheus' exposition format, version 0.0.4, family by family.
class Exposition {
public:
    static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    void Counter(std::string_view name, std::string_view help) { Begin(name, "counter", help); }
    void Gauge(std::string_view name, std::string_view help) { Begin(name, "gauge", help); }
    void Histogram(std::string_view name, std::string_view help) { Begin(name, "histogram", help); }

    /// One of the family that was begun last; `suffix` as in "_bucket".
    void Sample(Labels labels, double value, std::string_view suffix = "");
    void Sample(Labels labels, std::uint64_t value, std::string_view suffix = "");
    void Sample(Labels labels, int value);

    std::string TakeText() { return std::move(text_); }

private:
    void Begin(std::string_view name, std::string_view type, std::string_view help);
    void Put(Labels labels, std::string_view value, std::string_view suffix);

    std::string family_;
    std::string text_;
};

}  // namespace aircheck::webapi

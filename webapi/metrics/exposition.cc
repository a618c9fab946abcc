// SPDX-License-Identifier: MIT
#include "webapi/metrics/exposition.h"

#include <cmath>

#include "common/log/log.h"

namespace aircheck::webapi {

namespace {

void AppendEscaped(std::string& text, std::string_view value) {
    for (char c : value) {
        if (c == '\\' || c == '"') text += '\\';
        if (c == '\n')
            text += "\\n";
        else
            text += c;
    }
}

std::string Number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

}  // namespace

void Exposition::Begin(std::string_view name, std::string_view type, std::string_view help) {
    family_ = name;
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void Exposition::Put(Labels labels, std::string_view value, std::string_view suffix) {
    text_ += family_;
    text_ += suffix;
    char before = '{';
    for (const auto& [name, text] : labels) {
        text_ += before;
        text_ += name;
        text_ += "=\"";
        AppendEscaped(text_, text);
        text_ += '"';
        before = ',';
    }
    if (labels.size() > 0) text_ += '}';
    text_ += ' ';
    text_ += value;
    text_ += '\n';
}

void Exposition::Sample(Labels labels, double value, std::string_view suffix) {
    Put(labels, Number(value), suffix);
}

void Exposition::Sample(Labels labels, std::uint64_t value, std::string_view suffix) {
    Put(labels, fmt::format("{}", value), suffix);
}

void Exposition::Sample(Labels labels, int value) {
    Put(labels, fmt::format("{}", value), "");
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "common/config/problems.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/util/text.h"

namespace aircheck::config {
namespace {

constexpr std::size_t kMaxShown = 60;
constexpr std::size_t kMaxListedKeys = 10;

}  // namespace

void Problems::Add(const YAML::Mark& mark, std::string key, std::string_view message) {
    // yaml-cpp counts from 0; its null mark is -1. Its messages may quote what stands in the file.
    problems_.push_back({file_, mark.line + 1, mark.line < 0 ? 0 : mark.column + 1, std::move(key),
                         util::CleanUtf8(message)});
}

std::vector<Problem> Problems::TakeSorted() {
    std::ranges::stable_sort(problems_, {}, [](const Problem& problem) {
        return std::tuple(problem.line, problem.column);
    });
    return std::exchange(problems_, {});
}

std::string Shorten(std::string_view text) {
    std::string shown = util::CleanUtf8(text);
    if (shown.size() > kMaxShown) {
        std::size_t cut = kMaxShown;
        while (cut > 0 && (static_cast<unsigned char>(shown[cut]) & 0xc0) == 0x80) --cut;
        shown.resize(cut);
        shown += "…";
    }
    return shown;
}

std::string Quote(std::string_view text) {
    if (text.find('@') != std::string_view::npos) return "what is given";
    return '"' + Shorten(text) + '"';
}

std::string UnknownKey(std::string_view name, const std::vector<std::string_view>& known) {
    if (const auto nearest = util::Nearest(util::ToLower(name), known)) {
        return "unknown key; did you mean \"" + std::string(*nearest) + "\"?";
    }
    if (known.size() > kMaxListedKeys) return "unknown key";
    std::string message = "unknown key; known here are ";
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (i > 0) message += ", ";
        message += known[i];
    }
    return message;
}

}  // namespace aircheck::config

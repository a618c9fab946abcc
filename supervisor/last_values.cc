// SPDX-License-Identifier: MIT
#include "supervisor/last_values.h"

#include <algorithm>
#include <array>

namespace aircheck::supervisor {
namespace {

constexpr std::array<std::string_view, 8> kStates{"heartbeat.", "log.",     "machine.", "restart.",
                                                  "silence.",   "station.", "title.",   "worker."};

}  // namespace

bool LastValues::IsState(std::string_view topic) {
    return std::any_of(kStates.begin(), kStates.end(),
                       [topic](std::string_view state) { return topic.starts_with(state); });
}

LastValues::Value& LastValues::Of(std::string_view topic) {
    const auto known = values_.find(topic);
    if (known != values_.end()) return *known->second;
    Value& value = *(values_[std::string(topic)] = std::make_unique<Value>());
    value.kept = IsState(topic);
    return value;
}

void LastValues::Forget(std::string_view topic) {
    const auto it = values_.find(topic);
    if (it != values_.end()) values_.erase(it);
}

void LastValues::ForEach(std::string_view prefix, const Handler& handler) const {
    for (auto it = values_.lower_bound(prefix);
         it != values_.end() && it->first.starts_with(prefix); ++it) {
        if (it->second->kept) handler(it->first, it->second->message);
    }
}

}  // namespace aircheck::supervisor

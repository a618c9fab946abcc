// SPDX-License-Identifier: MIT
#include "supervisor/last_values.h"

#include <algorithm>
#include <array>

namespace aircheck::supervisor {
namespace {

constexpr std::array<std::string_view, 6> kStates{"heartbeat.", "machine.", "restart.",
                                                  "station.",   "title.",   "worker."};

}  // namespace

bool LastValues::IsState(std::string_view topic) {
    return std::any_of(kStates.begin(), kStates.end(),
                       [topic](std::string_view state) { return topic.starts_with(state); });
}

void LastValues::Keep(const std::string& topic, const std::string& json) {
    if (IsState(topic)) values_.insert_or_assign(topic, json);
}

void LastValues::Forget(std::string_view topic) {
    const auto it = values_.find(topic);
    if (it != values_.end()) values_.erase(it);
}

void LastValues::ForEach(
    std::string_view prefix,
    const std::function<void(const std::string& topic, const std::string& json)>& handler) const {
    for (auto it = values_.lower_bound(prefix);
         it != values_.end() && it->first.starts_with(prefix); ++it) {
        handler(it->first, it->second);
    }
}

}  // namespace aircheck::supervisor

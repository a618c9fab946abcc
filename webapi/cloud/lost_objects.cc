// SPDX-License-Identifier: MIT
#include "webapi/cloud/lost_objects.h"

#include <chrono>

namespace aircheck::webapi {

namespace {

constexpr std::chrono::minutes kBelieved{10};

}  // namespace

bool LostObjects::Add(const std::string& object, const char* cause) {
    const std::lock_guard lock(mutex_);
    const time::SteadyTime now = clock_.Steady();
    std::erase_if(entries_, [now](const auto& entry) { return entry.second.until <= now; });
    return entries_.insert_or_assign(object, Entry{cause, now + kBelieved}).second;
}

std::string LostObjects::CauseOf(const std::string& object) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(object);
    if (found == entries_.end() || found->second.until <= clock_.Steady()) return "";
    return found->second.cause;
}

}  // namespace aircheck::webapi

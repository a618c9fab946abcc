// SPDX-License-Identifier: MIT
#include "pruner/cloud_state.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "common/util/units.h"

namespace aircheck::pruner {

CloudState::CloudState(const time::Clock& clock, std::string name, std::function<double()> random)
    : clock_(clock), name_(std::move(name)), random_(std::move(random)) {}

void CloudState::Worked() {
    if (since_) {
        const auto down = std::chrono::floor<std::chrono::seconds>(clock_.Now() - *since_);
        log::info("{}: the cloud works again, after {}", name_, util::FormatDuration(down));
    }
    since_.reset();
    refused_ = false;
    error_.clear();
    failures_ = 0;
    next_ = {};
}

void CloudState::Failed(const cloud::CloudError& error) {
    refused_ = error.kind() == cloud::CloudError::Kind::kRefused;
    if (!since_ || error_ != error.what()) {
        if (refused_)
            log::error("{}: the cloud refuses: {}; somebody has to see to it", name_, error.what());
        else
            log::warn("{}: the cloud is down: {}; recordings wait", name_, error.what());
    }
    if (!since_) since_ = clock_.Now();
    error_ = error.what();
    const auto base = refused_ ? kRefusedRetry : kFirstRetry;
    const auto wait =
        std::min<std::chrono::milliseconds>(base * (1LL << std::min(failures_, 20)), kLongestRetry);
    ++failures_;
    next_ = clock_.Steady() +
            std::chrono::duration_cast<std::chrono::milliseconds>(wait * (0.5 + random_() / 2));
}

std::chrono::milliseconds CloudState::Wait() const {
    const auto now = clock_.Steady();
    if (now >= next_) return {};
    return std::chrono::ceil<std::chrono::milliseconds>(next_ - now);
}

const char* CloudState::word() const {
    if (!since_) return "works";
    return refused_ ? "refused" : "down";
}

}  // namespace aircheck::pruner

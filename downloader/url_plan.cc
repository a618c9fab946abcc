// SPDX-License-Identifier: MIT
#include "downloader/url_plan.h"

namespace aircheck::downloader {

UrlPlan::UrlPlan(std::vector<std::string> configured) : configured_(std::move(configured)) {}

void UrlPlan::Begin() {
    queue_.clear();
    seen_.clear();
    if (!worked_.empty()) queue_.push_back({worked_, 0});
    for (const std::string& url : configured_) queue_.push_back({url, 0});
    begun_ = true;
}

std::optional<UrlPlan::Candidate> UrlPlan::Next() {
    if (!begun_) Begin();
    while (!queue_.empty()) {
        Candidate next = std::move(queue_.front());
        queue_.pop_front();
        if (seen_.insert(next.url).second) return next;
    }
    begun_ = false;
    // It worked once and no longer does: the next round starts from what was configured.
    worked_.clear();
    return std::nullopt;
}

bool UrlPlan::Expand(const Candidate& playlist, const std::vector<std::string>& entries) {
    if (playlist.depth >= kMaxDepth) return false;
    bool added = false;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        if (seen_.contains(*entry) || queue_.size() >= kMaxUrls) continue;
        queue_.push_front({*entry, playlist.depth + 1});
        added = true;
    }
    return added;
}

void UrlPlan::Renew() {
    worked_.clear();
    begun_ = false;
}

void UrlPlan::Worked(const std::string& url) {
    worked_ = url;
    begun_ = false;
}

}  // namespace aircheck::downloader

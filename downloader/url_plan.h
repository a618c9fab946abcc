// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace aircheck::downloader {

/// Which URL of a station to try next. A round goes through the configured URLs in order; a
/// playlist puts its entries before what is left. A URL is tried once a round, so playlists that
/// point to themselves or to each other end.
class UrlPlan {
public:
    static constexpr int kMaxDepth = 5;
    static constexpr std::size_t kMaxUrls = 64;

    struct Candidate {
        std::string url;
        int depth = 0;  // playlists above it
    };

    explicit UrlPlan(std::vector<std::string> configured);

    /// The next URL of this round; nullopt when the round is over. The call after that begins a
    /// new one, with the URL that worked last at its head.
    std::optional<Candidate> Next();

    /// The candidate turned out to be a playlist. False if nothing of it can be tried.
    bool Expand(const Candidate& playlist, const std::vector<std::string>& entries);

    /// Begins a new round at the first configured URL, which may have come back or now lead
    /// elsewhere.
    void Renew();

    /// Begins a new round, at the URL that delivered.
    void Worked(const std::string& url);

private:
    void Begin();

    std::vector<std::string> configured_;
    std::string worked_;
    std::deque<Candidate> queue_;
    std::set<std::string> seen_;
    bool begun_ = false;
};

}  // namespace aircheck::downloader

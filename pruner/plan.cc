// SPDX-License-Identifier: MIT
#include "pruner/plan.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace aircheck::pruner {
namespace {

using catalog::Segment;

std::uint64_t Less(std::uint64_t bytes, std::uint64_t by) {
    return bytes - std::min(bytes, by);
}

/// Goes over the candidates once for each rule, oldest first.
class Planner {
public:
    Planner(DiskState disk, std::vector<Segment> candidates)
        : disk_(std::move(disk)), total_(disk_.Total()), left_(std::move(candidates)) {
        std::erase_if(left_, [](const Segment& segment) {
            return segment.state != catalog::SegmentState::kClosed;
        });
        std::ranges::sort(left_, {}, [](const Segment& s) { return std::tie(s.start, s.id); });
        const auto same = [](const Segment& a, const Segment& b) { return a.id == b.id; };
        left_.erase(std::unique(left_.begin(), left_.end(), same), left_.end());
    }

    template <typename MustGo>
    void Apply(Reason reason, MustGo must_go) {
        std::vector<Segment> kept;
        for (Segment& segment : left_) {
            if (!must_go(segment)) {
                kept.push_back(std::move(segment));
                continue;
            }
            std::uint64_t& used = disk_.used[segment.station];
            used = Less(used, segment.bytes);
            total_ = Less(total_, segment.bytes);
            disk_.free += segment.bytes;
            removals_.push_back({std::move(segment), reason});
        }
        left_ = std::move(kept);
    }

    std::uint64_t used(const std::string& station) { return disk_.used[station]; }
    std::uint64_t total() const { return total_; }
    std::uint64_t free() const { return disk_.free; }
    std::vector<Removal> Result() && { return std::move(removals_); }

private:
    DiskState disk_;
    std::uint64_t total_;
    std::vector<Segment> left_;
    std::vector<Removal> removals_;
};

}  // namespace

std::uint64_t DiskState::Total() const {
    std::uint64_t total = 0;
    for (const auto& [station, bytes] : used) total += bytes;
    return total;
}

Rules::Rules(const config::Config& config)
    : max_disk_(config.defaults.max_disk), min_free_(config.min_free) {
    // With a cloud, `disk_archive` says when to move, not when to delete.
    const auto retention = [&config](const config::StationConfig& station) {
        return config.cloud ? config::CloudRetention(station)
                            : config::DiskRetention(config, station);
    };
    for (const config::StationConfig& station : config.stations)
        stations_[station.callsign] = {retention(station), station.max_disk, true};
    config::StationConfig defaults;
    static_cast<config::StationDefaults&>(defaults) = config.defaults;
    others_ = {retention(defaults), std::nullopt, false};
}

const Rules::Rule& Rules::Of(std::string_view station) const {
    const auto found = stations_.find(station);
    return found != stations_.end() ? found->second : others_;
}

bool Rules::Exceeded(const DiskState& disk) const {
    if (disk.free < min_free_ || (max_disk_ && disk.Total() > *max_disk_)) return true;
    return std::ranges::any_of(disk.used, [this](const auto& entry) {
        const auto limit = Of(entry.first).max_disk;
        return limit && entry.second > *limit;
    });
}

std::vector<Removal> Plan(const Rules& rules, time::SysTime now, DiskState disk,
                          std::vector<Segment> candidates) {
    Planner planner(std::move(disk), std::move(candidates));
    planner.Apply(Reason::kAge, [&](const Segment& segment) {
        return segment.end < now - rules.Of(segment.station).retention;
    });
    planner.Apply(Reason::kMaxDisk, [&](const Segment& segment) {
        const auto limit = rules.Of(segment.station).max_disk;
        return limit && planner.used(segment.station) > *limit;
    });
    planner.Apply(Reason::kMaxDisk, [&](const Segment&) {
        return rules.max_disk() && planner.total() > *rules.max_disk();
    });
    planner.Apply(Reason::kMinFree,
                  [&](const Segment&) { return planner.free() < rules.min_free(); });
    return std::move(planner).Result();
}

}  // namespace aircheck::pruner

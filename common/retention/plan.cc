// SPDX-License-Identifier: MIT
#include "common/retention/plan.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace aircheck::retention {
namespace {

using catalog::Segment;
using catalog::SegmentState;

std::uint64_t Less(std::uint64_t bytes, std::uint64_t by) {
    return bytes - std::min(bytes, by);
}

bool IsSaved(const Segment& segment) {
    return !segment.object.empty();
}

bool IsHere(const Segment& segment) {
    return segment.state == SegmentState::kClosed;
}

/// Goes over the candidates once for each rule, oldest first.
class Planner {
public:
    Planner(const Rules& rules, time::SysTime now, DiskState disk, std::vector<Segment> candidates)
        : rules_(rules),
          now_(now),
          disk_(std::move(disk)),
          total_(disk_.Total()),
          left_(std::move(candidates)),
          hopeful_(rules.has_cloud() && disk_.cloud_works && disk_.free >= rules.min_free() / 2) {
        std::erase_if(left_,
                      [](const Segment& segment) { return segment.state == SegmentState::kOpen; });
        std::ranges::sort(left_, {}, [](const Segment& s) { return std::tie(s.start, s.id); });
        const auto same = [](const Segment& a, const Segment& b) { return a.id == b.id; };
        left_.erase(std::unique(left_.begin(), left_.end(), same), left_.end());
    }

    std::vector<Step> Run() &&;

private:
    template <typename Must>
    void Apply(Action action, Reason reason, Must must);

    bool StationIsOver(const Segment& segment);
    void EndArchives();
    void KeepMaxDisk(Action action, bool saved);
    void KeepMinFree(Action action, bool saved);
    void MoveToCloud();
    void UploadAhead();

    const Rules& rules_;
    const time::SysTime now_;
    DiskState disk_;
    std::uint64_t total_;
    std::vector<Segment> left_;
    const bool hopeful_;  // uploads may be expected to make room in time
    std::vector<Step> steps_;
};

template <typename Must>
void Planner::Apply(Action action, Reason reason, Must must) {
    std::vector<Segment> kept;
    for (Segment& segment : left_) {
        if (!must(std::as_const(segment))) {
            kept.push_back(std::move(segment));
            continue;
        }
        if (IsHere(segment)) {
            std::uint64_t& used = disk_.used[segment.station];
            used = Less(used, segment.bytes);
            total_ = Less(total_, segment.bytes);
            disk_.free += segment.bytes;
        }
        steps_.push_back({std::move(segment), action, reason});
    }
    left_ = std::move(kept);
}

bool Planner::StationIsOver(const Segment& segment) {
    const auto limit = rules_.Of(segment.station).max_disk;
    return limit && disk_.used[segment.station] > *limit;
}

void Planner::KeepMaxDisk(Action action, bool saved) {
    const auto fits = [=](const Segment& s) { return IsHere(s) && IsSaved(s) == saved; };
    Apply(action, Reason::kMaxDisk,
          [&](const Segment& segment) { return fits(segment) && StationIsOver(segment); });
    Apply(action, Reason::kMaxDisk, [&](const Segment& segment) {
        return fits(segment) && rules_.max_disk() && total_ > *rules_.max_disk();
    });
}

void Planner::KeepMinFree(Action action, bool saved) {
    Apply(action, Reason::kMinFree, [&](const Segment& segment) {
        return IsHere(segment) && IsSaved(segment) == saved && disk_.free < rules_.min_free();
    });
}

void Planner::EndArchives() {
    Apply(Action::kDeleteEverywhere, Reason::kAge, [&](const Segment& segment) {
        return segment.end < now_ - rules_.Of(segment.station).archive;
    });
    Apply(Action::kDeleteLocal, Reason::kAge, [&](const Segment& segment) {
        return IsHere(segment) && IsSaved(segment) &&
               segment.end < now_ - rules_.Of(segment.station).disk;
    });
}

void Planner::MoveToCloud() {
    Apply(Action::kUpload, Reason::kAge, [&](const Segment& segment) {
        return IsHere(segment) && !IsSaved(segment) &&
               segment.end < now_ - rules_.Of(segment.station).disk;
    });
    KeepMaxDisk(Action::kUpload, false);
}

void Planner::UploadAhead() {
    std::uint64_t reserve = disk_.free;
    for (const Segment& segment : left_)
        if (IsHere(segment) && IsSaved(segment)) reserve += segment.bytes;
    Apply(Action::kUpload, Reason::kMinFree, [&](const Segment& segment) {
        if (!IsHere(segment) || IsSaved(segment) || reserve >= rules_.reserve()) return false;
        reserve += segment.bytes;
        return true;
    });
}

std::vector<Step> Planner::Run() && {
    EndArchives();
    KeepMaxDisk(Action::kDeleteLocal, true);
    KeepMinFree(Action::kDeleteLocal, true);
    // What waits for a cloud that does not work makes no room.
    if (hopeful_)
        MoveToCloud();
    else if (!rules_.has_cloud())
        KeepMaxDisk(Action::kDeleteUnsaved, false);
    KeepMinFree(hopeful_ ? Action::kUpload : Action::kDeleteUnsaved, false);
    if (hopeful_)
        UploadAhead();
    else if (rules_.has_cloud())
        MoveToCloud();
    return std::move(steps_);
}

}  // namespace

std::vector<Step> Plan(const Rules& rules, time::SysTime now, const DiskState& disk,
                       std::vector<Segment> candidates) {
    return Planner(rules, now, disk, std::move(candidates)).Run();
}

}  // namespace aircheck::retention

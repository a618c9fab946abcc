// SPDX-License-Identifier: MIT
#include "webapi/listening/live_follower.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "webapi/cloud/cloud_segment.h"

namespace aircheck::webapi {

time::SysTime TimeOfByte(const catalog::Segment& segment, std::uint64_t byte) {
    if (segment.bytes == 0) return segment.start;
    const double part = static_cast<double>(byte) / static_cast<double>(segment.bytes);
    return segment.start + std::chrono::round<time::Micros>((segment.end - segment.start) * part);
}

LiveStep StepTo(LiveNext next) {
    Piece& piece = next.piece;
    LiveStep step{.segment = {},
                  .byte = piece.begin.byte,
                  .file = std::move(piece.file),
                  .cloud = std::move(piece.cloud),
                  .lost = next.lost,
                  .at = piece.from()};
    step.segment = std::move(piece.segment);
    return step;
}

LiveFollower::LiveFollower(const time::Clock& clock, time::Micros lead, LiveStep first)
    : pacer_(clock, lead) {
    Enter(std::move(first));
}

LiveFollower::LiveFollower(LivePacer pacer, SharedFile file, std::shared_ptr<CloudSegment> cloud)
    : pacer_(std::move(pacer)), file_(std::move(file)), cloud_(std::move(cloud)) {}

std::optional<LiveFollower> LiveFollower::Restore(const time::Clock& clock, const LiveState& state,
                                                  SharedFile file,
                                                  std::shared_ptr<CloudSegment> cloud) {
    auto row = RestoreSegment(state.segment);
    const bool sound = state.entered <= state.position && state.position <= state.segment.bytes;
    if (!row || !sound) return std::nullopt;
    if (cloud) {
        row->object = state.object;
        row->state = catalog::SegmentState::kUploaded;
    }
    return LiveFollower(LivePacer(clock, state, std::move(*row)), std::move(file),
                        std::move(cloud));
}

bool LiveFollower::Save(LiveState& state, Luggage& luggage) const {
    if (const int open = file(); open >= 0) {
        const auto number = luggage.PutCopy(open);
        if (!number) return false;
        state.file = *number;
    }
    pacer_.Save(state);
    if (cloud_) state.object = cloud_->object();
    return true;
}

void LiveFollower::Enter(LiveStep next) {
    if (next.segment.id == current().id) {
        pacer_.Refresh(next.segment);
        return;
    }
    pacer_.Enter(next.segment, next.byte);
    file_ = std::move(next.file);
    cloud_ = std::move(next.cloud);
}

void LiveFollower::Skip(LiveStep to, time::Micros sound) {
    pacer_.Enter(to.segment, to.byte);
    pacer_.Skip(sound);
    file_ = std::move(to.file);
    cloud_ = std::move(to.cloud);
}

int LiveFollower::file() const {
    if (file_) return file_->get();
    return cloud_ ? cloud_->fd() : -1;
}

void LiveFollower::Observe(std::span<const Recorded> newest) {
    for (const Recorded& row : newest) {
        if (row.segment.id == current().id) pacer_.Refresh(row.segment);
    }
}

Extent LiveFollower::Take(std::uint64_t most) {
    const std::uint64_t offset = pacer_.position();
    const std::uint64_t taken = pacer_.Take(most);
    if (cloud_ && taken > 0) file_.reset();  // what it has has been sent
    return {file(), offset, taken};
}

bool LiveFollower::WantsNext(std::span<const Recorded> newest) const {
    if (!pacer_.Done()) return false;
    const bool open = current().state == catalog::SegmentState::kOpen;
    const time::SysTime limit = current().end + (open ? kStallPatience : time::Micros{0});
    return std::any_of(newest.begin(), newest.end(), [&](const Recorded& row) {
        return row.segment.end > limit && row.segment.id != current().id;
    });
}

}  // namespace aircheck::webapi

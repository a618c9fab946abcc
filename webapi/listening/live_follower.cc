// SPDX-License-Identifier: MIT
#include "webapi/listening/live_follower.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace aircheck::webapi {

time::SysTime TimeOfByte(const catalog::Segment& segment, std::uint64_t byte) {
    if (segment.bytes == 0) return segment.start;
    const double part = static_cast<double>(byte) / static_cast<double>(segment.bytes);
    return segment.start + std::chrono::round<time::Micros>((segment.end - segment.start) * part);
}

LiveFollower::LiveFollower(const time::Clock& clock, time::Micros lead, LiveStep first)
    : pacer_(clock, lead) {
    Enter(std::move(first));
}

LiveFollower::LiveFollower(LivePacer pacer, SharedFile file)
    : pacer_(std::move(pacer)), file_(std::move(file)) {}

std::optional<LiveFollower> LiveFollower::Restore(const time::Clock& clock, const LiveState& state,
                                                  SharedFile file) {
    auto row = RestoreSegment(state.segment);
    const bool sound = state.entered <= state.position && state.position <= state.segment.bytes;
    if (!row || !sound) return std::nullopt;
    return LiveFollower(LivePacer(clock, state, std::move(*row)), std::move(file));
}

bool LiveFollower::Save(LiveState& state, Luggage& luggage) const {
    util::UniqueFd file(::fcntl(file_->get(), F_DUPFD_CLOEXEC, 0));
    if (!file) return false;
    pacer_.Save(state);
    state.file = luggage.PutFile(std::move(file));
    return true;
}

void LiveFollower::Enter(LiveStep next) {
    if (next.segment.id == current().id) {
        pacer_.Refresh(next.segment);
        return;
    }
    pacer_.Enter(next.segment, next.byte);
    file_ = std::move(next.file);
}

void LiveFollower::Skip(LiveStep to, time::Micros sound) {
    pacer_.Enter(to.segment, to.byte);
    pacer_.Skip(sound);
    file_ = std::move(to.file);
}

void LiveFollower::Observe(std::span<const Recorded> newest) {
    for (const Recorded& row : newest) {
        if (row.segment.id == current().id) pacer_.Refresh(row.segment);
    }
}

Extent LiveFollower::Take() {
    const std::uint64_t offset = pacer_.position();
    return {file(), offset, pacer_.Take()};
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

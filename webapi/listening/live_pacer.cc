// SPDX-License-Identifier: MIT
#include "webapi/listening/live_pacer.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace aircheck::webapi {

LivePacer::LivePacer(const time::Clock& clock, time::Micros lead)
    : clock_(clock), lead_(lead), begin_(clock.Steady()) {}

LivePacer::LivePacer(const time::Clock& clock, const LiveState& state, catalog::Segment row)
    : clock_(clock),
      lead_(state.lead),
      begin_(std::chrono::nanoseconds{state.begin}),
      sent_before_(static_cast<double>(state.sent_before)),
      row_(std::move(row)),
      entered_(state.entered),
      position_(state.position) {}

void LivePacer::Save(LiveState& state) const {
    state.segment = SaveSegment(row_);
    state.lead = lead_.count();
    state.begin = std::chrono::nanoseconds(begin_.time_since_epoch()).count();
    state.sent_before = std::llround(sent_before_);
    state.entered = entered_;
    state.position = position_;
}

double LivePacer::BytesPerMicro() const {
    const auto duration = static_cast<double>((row_.end - row_.start).count());
    return duration > 0 ? static_cast<double>(row_.bytes) / duration : 0;
}

LivePacer::Sound LivePacer::Due() const {
    return Sound(clock_.Steady() - begin_) + lead_;
}

LivePacer::Sound LivePacer::Sent() const {
    const double rate = BytesPerMicro();
    const double here = rate > 0 ? static_cast<double>(position_ - entered_) / rate : 0;
    return Sound(sent_before_ + here);
}

time::Micros LivePacer::Behind() const {
    return std::chrono::round<time::Micros>(Due() - Sent());
}

void LivePacer::Forgive() {
    if (const time::Micros beyond = Behind() - lead_; beyond > time::Micros{}) begin_ += beyond;
}

void LivePacer::Enter(const catalog::Segment& row, std::uint64_t byte) {
    sent_before_ = Sent().count();
    row_ = row;
    entered_ = position_ = std::min(byte, row.bytes);
}

void LivePacer::Refresh(const catalog::Segment& row) {
    if (row.bytes >= row_.bytes) row_ = row;
}

std::uint64_t LivePacer::Allowed() const {
    const double allowed = std::max(0.0, Due().count() - sent_before_) * BytesPerMicro();
    const std::uint64_t left = row_.bytes - entered_;
    const std::uint64_t limit =
        entered_ +
        (allowed < static_cast<double>(left) ? static_cast<std::uint64_t>(allowed) : left);
    return limit <= position_ ? 0 : limit - position_;
}

std::uint64_t LivePacer::Take(std::uint64_t most) {
    const std::uint64_t taken = std::min(Allowed(), most);
    position_ += taken;
    return taken;
}

}  // namespace aircheck::webapi

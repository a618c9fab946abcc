// SPDX-License-Identifier: MIT
#include "common/time/step_filter.h"

namespace aircheck::time {
namespace {

bool Agree(Micros a, Micros b) {
    return std::chrono::abs(a - b) < StepFilter::kStep;
}

}  // namespace

SysTime StepFilter::Filter(SysTime wall, Micros since_boot) {
    const Micros offset = wall.time_since_epoch() - since_boot;
    const bool stands = step_ && Agree(offset, step_->offset);
    if (!offset_ || Agree(offset, *offset_) || (stands && since_boot - step_->since >= kHold)) {
        offset_ = offset;
        step_.reset();
    } else if (!stands) {
        step_ = {offset, since_boot};
    }
    return SysTime(since_boot + *offset_);
}

void StepFilter::GoBy(Micros offset) {
    offset_ = offset;
    step_.reset();
}

}  // namespace aircheck::time

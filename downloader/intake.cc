// SPDX-License-Identifier: MIT
#include "downloader/intake.h"

#include <algorithm>
#include <utility>

#include "downloader/cause.h"

namespace aircheck::downloader {
namespace {

/// So many bytes without one frame among them are no audio that we know. An Ogg stream may begin
/// with a mebibyte of pictures.
constexpr std::uint64_t kMaxGarbage = 3 << 19;

/// A connection that trickles something else for so long will not come to sound.
constexpr std::chrono::seconds kLongestBegin{30};

/// A station that sends less than this share of what it plays has stalled, if it does so for so
/// many stretches of 2 x cycle_time.
constexpr double kSlowShare = 0.5;
constexpr int kSlowStretches = 2;

/// So long a server's burst takes to come in, on an ordinary line.
constexpr std::chrono::milliseconds kBurst{300};

}  // namespace

Intake::Intake(const config::StationConfig& station, UrlPlan::Candidate candidate,
               const Context& context, IntakeOwner& owner)
    : station_(station),
      candidate_(std::move(candidate)),
      context_(context),
      clock_(context_.connection.clock),
      owner_(owner),
      began_(clock_.Steady()),
      measured_at_(began_),
      connection_(context_.connection, station_, candidate_.url, *this) {}

void Intake::OnAudio(std::span<const std::byte> data) {
    last_byte_ = clock_.Steady();
    if (!take_)
        take_ = std::make_unique<TakeRecorder>(station_, connection_.EffectiveUrl(), clock_,
                                               context_.new_handle);
    const bool silent = take_->frames() == 0;
    take_->Feed(data);
    if (!silent || take_->frames() == 0) return;
    sound_since_ = last_byte_;
    owner_.OnSound(*this);
}

void Intake::OnTitle(const IcyTitle& title) {
    // Some servers say it again and again.
    if (!take_ || title.title == last_title_) return;
    last_title_ = title.title;
    take_->AddTitle(title);
    owner_.OnTitle(*this, title);
}

void Intake::OnEnd(ConnectionHandler::End end) {
    if (take_ && take_->frames() == 0 && end.cause == cause::kServerClosed)
        end.cause = cause::kNoAudio;
    owner_.OnEnd(*this, std::move(end));
}

time::Micros Intake::Age() const {
    return std::chrono::duration_cast<time::Micros>(clock_.Steady() - began_);
}

time::Micros Intake::AwaitBurst() {
    const auto age = std::chrono::duration_cast<time::Micros>(clock_.Steady() - *sound_since_);
    const time::Micros left = std::max<time::Micros>(kBurst - age, time::Micros{});
    burst_is_in_ = left.count() == 0;
    return left;
}

void Intake::Tick() {
    // While the dates settle each packet counts for itself: it may be the one that was least late.
    if (take_ && !take_->Settling()) connection_.Receive();
    MeasurePace();
    fault_ = FindFault();
}

std::optional<std::string> Intake::FindFault() const {
    if (connection_.Idle() > 2 * station_.cycle_time) return cause::kStalled;
    const auto patience = std::max<time::Micros>(kLongestBegin, 4 * station_.cycle_time);
    if (!HasSound() && Age() > patience) return take_ ? cause::kNoAudio : cause::kStalled;
    if (!take_) return std::nullopt;
    if (take_->frames() == 0 && take_->skipped_bytes() > kMaxGarbage) return cause::kNoAudio;
    if (take_->pending_bytes() > TakeRecorder::kMaxPending) return cause::kDisk;
    if (slow_in_a_row_ >= kSlowStretches) return cause::kStalled;
    return std::nullopt;
}

void Intake::MeasurePace() {
    const auto now = clock_.Steady();
    const auto elapsed = now - measured_at_;
    if (!HasSound() || elapsed < 2 * station_.cycle_time) return;
    const time::Micros media = take_->media();
    const bool slow = media - measured_ < kSlowShare * std::chrono::duration<double>(elapsed);
    slow_in_a_row_ = slow ? slow_in_a_row_ + 1 : 0;
    measured_at_ = now;
    measured_ = media;
}

void Intake::Collect(std::vector<WriteOp>& round) {
    if (take_) take_->Collect(round, burst_is_in_);
}

void Intake::End(const std::string& cause, std::vector<WriteOp>& round) {
    connection_.Abort();
    if (take_) take_->End(cause, round);
}

}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
// What a station says of itself: states, titles, files and splices as they come, and its part of
// each heartbeat.
#include <algorithm>
#include <chrono>

#include "downloader/station.h"

namespace aircheck::downloader {
namespace {

const char* Name(bool recording, bool connecting) {
    if (recording) return "recording";
    return connecting ? "connecting" : "waiting";
}

}  // namespace

void Station::Enter(State state, const std::string& cause) {
    const bool changed = state != state_ || cause != cause_;
    state_ = state;
    cause_ = cause;
    if (!changed || retires_at_) return;  // another one speaks for it
    const Intake* intake = intakes_.empty() ? trying_.get() : intakes_.back().get();
    context_.publish(
        proto::StationEvent{.station = station_.callsign,
                            .state = Name(state == State::kRecording, state == State::kConnecting),
                            .cause = cause,
                            .take = intakes_.empty() ? "" : intakes_.back()->take().id(),
                            .url = intake ? intake->EffectiveUrl() : "",
                            .time = time::ToUnixSeconds(context_.clock.Now())});
}

void Station::OnTitle(Intake& intake, const IcyTitle& title) {
    // Of two takes side by side one says it all.
    if (intakes_.empty() || &intake != intakes_.back().get() || title.title == last_title_) return;
    if (leaving()) return;
    last_title_ = title.title;
    context_.publish(proto::TitleEvent{.station = station_.callsign,
                                       .title = title.title,
                                       .url = title.url,
                                       .time = time::ToUnixSeconds(context_.clock.Now())});
}

void Station::OnSegment(const proto::SegmentEvent& event) {
    const bool current = !intakes_.empty() && event.take == intakes_.back()->take().id();
    if (current && event.event == "opened") file_ = event.file;
}

void Station::TellOfSplice(const catalog::Splice& splice, const archive::KnownTake& newer) {
    const auto overlap = std::max<time::Micros>(splice.at - newer.start, time::Micros{});
    context_.publish(proto::SpliceEvent{.station = station_.callsign,
                                        .older = splice.older,
                                        .newer = splice.newer,
                                        .exact = splice.exact,
                                        .overlap = std::chrono::duration<double>(overlap).count(),
                                        .time = time::ToUnixSeconds(context_.clock.Now())});
}

std::uint64_t Station::bytes_total() const {
    std::uint64_t bytes = bytes_ended_;
    for (const auto& intake : intakes_) bytes += intake->bytes();
    return bytes;
}

proto::StationBeat Station::Beat() const {
    proto::StationBeat beat{.station = station_.callsign,
                            .state = Name(recording(), state_ == State::kConnecting),
                            .file = file_,
                            .bytes_total = bytes_total(),
                            .frames_total = frames_ended_,
                            .connects = connects_,
                            .breaks = breaks_,
                            .cause = cause_};
    auto last_byte = last_byte_;
    for (const auto& intake : intakes_) {
        last_byte = std::max(last_byte, intake->last_byte());
        beat.frames_total += intake->take().frames();
    }
    if (!intakes_.empty()) {
        const TakeRecorder& take = intakes_.back()->take();
        beat.take = take.id();
        beat.frames = take.frames();
        beat.take_bytes = take.bytes();
        beat.skipped = take.skipped_bytes();
    }
    if (last_byte) {
        const auto idle = context_.clock.Steady() - *last_byte;
        beat.idle = std::chrono::duration<double>(idle).count();
        beat.last_recorded = time::ToUnixSeconds(context_.clock.Now()) - beat.idle;
    }
    if (const auto wait = UntilCascade())
        beat.next_cascade = time::ToUnixSeconds(context_.clock.Now() + *wait);
    return beat;
}

}  // namespace aircheck::downloader

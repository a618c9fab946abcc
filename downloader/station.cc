// SPDX-License-Identifier: MIT
#include "downloader/station.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "common/log/log.h"
#include "common/util/error.h"
#include "downloader/cause.h"

namespace aircheck::downloader {
namespace {

/// A take of at least this much sound shows that the station is well.
constexpr std::chrono::seconds kGoodTake{10};

/// So many bytes without one frame among them are no audio that we know.
constexpr std::uint64_t kMaxGarbage = 256 * 1024;

const char* Name(bool recording, bool connecting) {
    if (recording) return "recording";
    return connecting ? "connecting" : "waiting";
}

}  // namespace

Station::Station(const config::StationConfig& station, const Context& context)
    : station_(station),
      context_(context),
      timer_(context.loop),
      backoff_(static_cast<std::minstd_rand::result_type>(
          std::hash<std::string>{}(station.callsign) ^ static_cast<std::size_t>(::getpid()))),
      plan_(station.streams) {}

void Station::Start(std::chrono::milliseconds delay) {
    Wait(delay);
}

void Station::Stop() {
    stopped_ = true;
    timer_.cancel();
    connection_.reset();
    EndTake(cause::kStopped);
    Enter(State::kWaiting, cause::kStopped);
}

void Station::Wait(std::chrono::milliseconds delay) {
    timer_.expires_after(delay);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error && !stopped_) TryNext();
    });
}

void Station::TryNext() {
    candidate_ = plan_.Next();
    if (!candidate_) {
        const auto delay = backoff_.Next(retry_after_);
        retry_after_ = {};
        log::debug("{}: next attempt in {} ms", station_.callsign, delay.count());
        Enter(State::kWaiting, cause_);
        Wait(delay);
        return;
    }
    Enter(State::kConnecting, cause_);
    try {
        ConnectionHandler& handler = *this;
        connection_ = std::make_unique<Connection>(context_.multi, station_, candidate_->url,
                                                   context_.clock, handler);
    } catch (const std::exception& error) {
        log::error("{}: {}: {}", station_.callsign, candidate_->url,
                   util::DescribeException(error));
        cause_ = "bad url";
        Wait(Backoff::kFirst);
    }
}

void Station::OnAudio(std::span<const std::byte> data) {
    last_byte_ = context_.clock.Steady();
    if (!take_)
        take_ = std::make_unique<TakeRecorder>(station_, connection_->EffectiveUrl(),
                                               context_.clock, context_.new_handle);
    const bool silent = take_->frames() == 0;
    take_->Feed(data);
    if (take_->frames() == 0) return;
    last_recorded_ = context_.clock.Now();
    if (!silent) return;
    log::info("{}: recording take {} from {}", station_.callsign, take_->id(),
              connection_->EffectiveUrl());
    Enter(State::kRecording, "");
    context_.request_flush();
}

void Station::OnTitle(const IcyTitle& title) {
    if (!take_ || title.title == last_title_) return;
    last_title_ = title.title;
    take_->AddTitle(title);
    context_.publish(proto::TitleEvent{.station = station_.callsign,
                                       .title = title.title,
                                       .url = title.url,
                                       .time = time::ToUnixSeconds(context_.clock.Now())});
}

void Station::OnEnd(End end) {
    connection_.reset();
    retry_after_ = std::max(retry_after_, end.retry_after);
    if (end.playlist && plan_.Expand(*candidate_, *end.playlist)) {
        TryNext();
        return;
    }
    const std::string cause = take_ && take_->frames() == 0 && end.cause == cause::kServerClosed
                                  ? cause::kNoAudio
                                  : end.cause;
    log::warn("{}: {}: {}", station_.callsign, candidate_->url, cause);
    EndTake(cause);
    TryNext();
}

void Station::EndTake(const std::string& cause) {
    cause_ = cause;
    if (!take_) return;
    if (take_->media() >= kGoodTake && candidate_) {
        backoff_.Reset();
        plan_.Worked(candidate_->url);
    }
    take_->End(cause, ended_);
    bytes_total_ += take_->bytes();
    take_.reset();
    file_.clear();
    last_title_.clear();
}

std::optional<std::string> Station::Fault() const {
    if (!connection_) return std::nullopt;
    if (connection_->Idle() > 2 * station_.cycle_time) return cause::kStalled;
    if (!take_) return std::nullopt;
    if (take_->frames() == 0 && take_->skipped_bytes() > kMaxGarbage) return cause::kNoAudio;
    if (take_->pending_bytes() > TakeRecorder::kMaxPending) return cause::kDisk;
    return std::nullopt;
}

void Station::Tick() {
    if (const auto fault = Fault()) Break(*fault);
}

void Station::Break(const std::string& cause) {
    log::warn("{}: {}: {}", station_.callsign, candidate_->url, cause);
    connection_.reset();
    EndTake(cause);
    TryNext();
}

void Station::OnLost(SegmentHandle handle) {
    if (take_ && take_->Owns(handle)) Break(cause::kDisk);
}

void Station::OnSegment(const proto::SegmentEvent& event) {
    if (take_ && event.take == take_->id() && event.event == "opened") file_ = event.file;
    context_.publish(event);
}

void Station::Collect(std::vector<WriteOp>& round) {
    std::move(ended_.begin(), ended_.end(), std::back_inserter(round));
    ended_.clear();
    if (take_) take_->Collect(round);
}

void Station::Enter(State state, const std::string& cause) {
    const bool changed = state != state_ || cause != cause_;
    state_ = state;
    cause_ = cause;
    if (!changed) return;
    context_.publish(
        proto::StationEvent{.station = station_.callsign,
                            .state = Name(state == State::kRecording, state == State::kConnecting),
                            .cause = cause,
                            .take = take_ ? take_->id() : "",
                            .url = connection_ ? connection_->EffectiveUrl() : "",
                            .time = time::ToUnixSeconds(context_.clock.Now())});
}

proto::StationBeat Station::Beat() const {
    proto::StationBeat beat{.station = station_.callsign,
                            .state = Name(recording(), state_ == State::kConnecting),
                            .file = file_,
                            .bytes_total = bytes_total(),
                            .cause = cause_};
    if (take_) {
        beat.take = take_->id();
        beat.frames = take_->frames();
        beat.skipped = take_->skipped_bytes();
    }
    if (last_byte_)
        beat.idle = std::chrono::duration<double>(context_.clock.Steady() - *last_byte_).count();
    if (last_recorded_) beat.last_recorded = time::ToUnixSeconds(*last_recorded_);
    return beat;
}

}  // namespace aircheck::downloader

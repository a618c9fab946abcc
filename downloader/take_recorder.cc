// SPDX-License-Identifier: MIT
#include "downloader/take_recorder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/catalog/measure.h"
#include "common/log/log.h"

namespace aircheck::downloader {
namespace {

using time::Micros;

/// What is scanned at a stretch: what is carried from one to the next stays as small.
constexpr std::size_t kPieceBytes = 4096;

/// Seconds. The marks of a first minute are still there when it is over.
constexpr std::uint64_t kCollectedWithin = 5;

/// Over less than this a drift of the sample clock cannot be told from jitter; over more its dates
/// would stray while it is not known.
constexpr Micros kDriftMeasured = std::chrono::minutes{15};

Micros SampleTime(std::uint64_t samples, std::uint32_t rate) {
    return Micros(static_cast<Micros::rep>(samples * 1'000'000 / rate));
}

double Ratio(Micros part, Micros whole) {
    return static_cast<double>(part.count()) / static_cast<double>(whole.count());
}

std::uint64_t MarkedSamples(const audio::StreamFormat& format) {
    return std::uint64_t{catalog::kMarkedSeconds} * format.sample_rate;
}

}  // namespace

Micros TakeRecorder::OpenPart::Media() const {
    return SampleTime(samples, format.sample_rate);
}

time::SysTime TakeRecorder::OpenPart::End() const {
    const auto media = Media();
    return start + media + Micros(std::llround(rate * static_cast<double>(media.count())));
}

TakeRecorder::TakeRecorder(const config::StationConfig& station, std::string url,
                           const time::Clock& clock, std::function<SegmentHandle()> new_handle)
    : station_(station),
      clock_(clock),
      new_handle_(std::move(new_handle)),
      id_(storage::NewTakeId()),
      url_(std::move(url)),
      connected_(clock.Now()) {}

void TakeRecorder::Feed(std::span<const std::byte> data) {
    const auto arrival = clock_.Steady();
    if (!air_clock_) air_clock_.emplace(clock_.Now(), arrival);
    bool found = false;
    do {
        const auto piece = data.first(std::min(data.size(), kPieceBytes));
        found = Scan(piece) || found;
        data = data.subspan(piece.size());
    } while (!data.empty());
    if (found) air_clock_->Observe(arrival, MediaEnd());
    carry_.shrink_to_fit();  // there are many stations
}

/// Answers whether it completed any frame.
bool TakeRecorder::Scan(std::span<const std::byte> piece) {
    carry_.insert(carry_.end(), piece.begin(), piece.end());
    std::span<const std::byte> rest(carry_);
    bool found = false;
    while (const auto frame = scanner_.Next(rest)) {
        AddFrame(*frame, rest.subspan(frame->offset_bytes, frame->size_bytes));
        rest = rest.subspan(frame->offset_bytes + frame->size_bytes);
        found = true;
    }
    rest = rest.subspan(scanner_.Garbage());
    carry_.erase(carry_.begin(), carry_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    return found;
}

void TakeRecorder::AddFrame(const audio::Frame& frame, std::span<const std::byte> bytes) {
    if (!segment_ || MustCut(frame)) Begin(frame.format);
    OpenPart& part = *segment_;
    if (part.frames == 0 || part.samples - part.indexed_sample >= part.format.sample_rate) {
        part.index.push_back({part.samples, part.bytes});
        part.indexed_sample = part.samples;
    }
    if (part.data.empty()) part.data.reserve(usual_bytes_ + usual_bytes_ / 8);
    part.data.insert(part.data.end(), bytes.begin(), bytes.end());
    part.bytes += bytes.size();
    part.samples += frame.samples;
    ++part.frames;
    recent_->Add(audio::MarkFrame(frame, bytes));
    bytes_ += bytes.size();
    pending_bytes_ += bytes.size();
    ++frames_;
}

bool TakeRecorder::MustCut(const audio::Frame& frame) const {
    if (frame.format != segment_->format) return true;
    // While the dates may still move, a cut would fix them too early.
    const Micros segment_time = station_.segment_time;
    const bool drift_known = segment_->sequence > 0;
    const Micros longest = drift_known ? segment_time : std::min(segment_time, kDriftMeasured);
    return segment_->Media() >= longest && !air_clock_->Settling();
}

void TakeRecorder::Begin(const audio::StreamFormat& format) {
    const Micros media = MediaEnd();
    OpenPart next{.handle = new_handle_(), .format = format, .media_start = media};
    next.sequence = segments_++;
    next.take_sample = recent_ ? recent_->end() : 0;
    next.start = next.aired = air_clock_->At(media);
    if (segment_) {
        Flush(true);
        // The next frame begins where the last one ended, whatever the air clock has learnt since;
        // the difference is made up for along the segment.
        const auto behind = next.aired - segment_->End();
        if (const Micros part = segment_->Media(); part >= kDriftMeasured)
            drift_ = Ratio(next.aired - segment_->aired, part) - 1;
        next.start = segment_->End();
        next.rate = std::clamp(drift_ + Ratio(behind, station_.segment_time),
                               -audio::AirClock::kMaxSlew, audio::AirClock::kMaxSlew);
        dates_fixed_ = true;
    }
    // Among samples of several rates nobody could tell the time.
    if (!segment_ || segment_->format.sample_rate != format.sample_rate)
        recent_.emplace(MarkedSamples(format) + kCollectedWithin * format.sample_rate,
                        next.take_sample);
    const auto setup = scanner_.Setup();
    next.data.assign(setup.begin(), setup.end());
    next.setup_bytes = next.bytes = setup.size();
    segment_ = std::move(next);
}

Micros TakeRecorder::MediaEnd() const {
    return segment_ ? segment_->media_start + segment_->Media() : Micros{};
}

catalog::SegmentProgress TakeRecorder::TakeProgress() {
    OpenPart& part = *segment_;
    return {.start = part.start,
            .end = part.End(),
            .bytes = part.bytes,
            .frames = part.frames,
            .samples = part.samples,
            .index = std::exchange(part.index, {})};
}

void TakeRecorder::Flush(bool close, bool dated) {
    OpenPart& part = *segment_;
    if (!dates_fixed_) {
        part.start = part.aired = air_clock_->At(part.media_start);
        dates_fixed_ = !air_clock_->Settling();
    }
    const bool news = (dated && !part.dated) || !part.data.empty();
    Open(dated);
    usual_bytes_ = part.data.size();
    if (news)
        ops_.push_back(
            AppendFrames{part.handle, std::exchange(part.data, {}), TakeProgress(), dated});
    FlushMarks(close);
    if (close) ops_.push_back(CloseSegment{part.handle, TakeProgress()});
}

/// The catalog's take waits for a date, too: it would outlive a recorder that dies before.
void TakeRecorder::Open(bool dated) {
    OpenPart& part = *segment_;
    if (dated && !std::exchange(part.dated, true) && part.sequence == 0)
        ops_.push_back(BeginTake{
            {.id = id_, .station = station_.callsign, .url = url_, .connected = connected_}});
    if (std::exchange(part.opened, true)) return;
    const time::SysTime start = dated ? part.start : time::SysTime{};
    ops_.push_back(OpenSegment{.handle = part.handle,
                               .segment = {.station = station_.callsign,
                                           .take = id_,
                                           .sequence = part.sequence,
                                           .take_sample = part.take_sample,
                                           .start = start,
                                           .end = start,
                                           .setup_bytes = part.setup_bytes,
                                           .format = part.format},
                               .sync_interval = station_.sync});
}

void TakeRecorder::FlushMarks(bool close) {
    OpenPart& part = *segment_;
    KeepMarks op{.handle = part.handle};
    if (!part.head_kept && (close || part.samples >= MarkedSamples(part.format))) {
        part.head_kept = true;
        op.marks.head = recent_->Run(part.take_sample);
        // Nobody has collected for long, and its beginning is gone.
        if (op.marks.head.begin > 0) op.marks.head = {};
    }
    if (close) op.marks.tail = recent_->Run(part.take_sample);
    if (!op.marks.head.marks.empty() || close) ops_.push_back(std::move(op));
}

archive::KnownTake TakeRecorder::View() const {
    const time::SysTime end = dates_fixed_ ? segment_->End() : air_clock_->At(MediaEnd());
    return {.id = id_,
            .connected = connected_,
            .start = end - MediaEnd(),
            .end = end,
            .began = air_clock_->Began(),
            .sample_rate = segment_->format.sample_rate,
            .tail = recent_->Run()};
}

void TakeRecorder::AddTitle(const IcyTitle& title) {
    titles_.push_back({MediaEnd(), title});
}

void TakeRecorder::FlushTitles() {
    if (titles_.empty() || !segment_) return;
    for (const PendingTitle& pending : titles_)
        ops_.push_back(downloader::AddTitle{{.station = station_.callsign,
                                             .at = air_clock_->At(pending.media),
                                             .take = id_,
                                             .title = pending.title.title,
                                             .url = pending.title.url}});
    titles_.clear();
}

void TakeRecorder::Collect(std::vector<WriteOp>& round, bool dated) {
    if (segment_ && !ended_) {
        Flush(false, dated);
        if (dated && dates_fixed_) FlushTitles();
    }
    std::move(ops_.begin(), ops_.end(), std::back_inserter(round));
    ops_.clear();
    pending_bytes_ = 0;
}

void TakeRecorder::End(std::string_view cause, std::vector<WriteOp>& round) {
    if (segment_ && !ended_) {
        // The connection has ended, so what waited for the next frames to confirm it can be taken.
        scanner_.Finish();
        Feed({});
        Flush(true);
        FlushTitles();
        ops_.push_back(EndTake{id_, segment_->End(), std::string(cause)});
    }
    ended_ = true;
    Collect(round, true);
}

}  // namespace aircheck::downloader

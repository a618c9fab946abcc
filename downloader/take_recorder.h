// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/archive/splicer.h"
#include "common/audio/air_clock.h"
#include "common/audio/frame_scanner.h"
#include "common/audio/splice.h"
#include "common/catalog/rows.h"
#include "common/config/config.h"
#include "common/time/clock.h"
#include "downloader/archive_writer.h"
#include "downloader/icy_reader.h"

namespace aircheck::downloader {

/// One take: cuts what a connection delivers into whole frames, dates them, and cuts the frames
/// into segments. Does no input or output: `Collect` hands over what is to be written.
///
/// The first segment's date follows the air clock while that settles. From then on dates are
/// fixed: each segment runs evenly at a rate that is chosen when it begins, follows the drift there
/// was before it and leads back to the air clock, so what has once been told to readers stays true.
class TakeRecorder {
public:
    /// More waiting frames than this mean that nobody writes them.
    static constexpr std::size_t kMaxPending = 8 << 20;

    TakeRecorder(const config::StationConfig& station, std::string url, const time::Clock& clock,
                 std::function<SegmentHandle()> new_handle);

    /// Bytes from the connection, metadata taken out.
    void Feed(std::span<const std::byte> data);

    /// A title that begins with the sound received last.
    void AddTitle(const IcyTitle& title);

    /// What is to be written since the last call. Not `dated`: its dates would be wrong by seconds,
    /// and only the file is to have it.
    void Collect(std::vector<WriteOp>& round, bool dated);

    /// Ends the take; nothing may follow. Collects what is left.
    void End(std::string_view cause, std::vector<WriteOp>& round);

    /// Whether one of the open segments is this one.
    bool Owns(SegmentHandle handle) const { return segment_ && segment_->handle == handle; }

    const std::string& id() const { return id_; }
    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t frames() const { return frames_; }
    std::uint64_t skipped_bytes() const { return scanner_.skipped_bytes(); }
    std::size_t pending_bytes() const { return pending_bytes_; }

    /// How much sound it holds.
    time::Micros media() const { return MediaEnd(); }

    /// Whether its dates may still move by seconds.
    bool Settling() const { return !air_clock_ || air_clock_->Settling(); }

    /// For finding it again in another take, also when it has ended. There must be frames.
    archive::KnownTake View() const;

private:
    struct OpenPart {
        SegmentHandle handle = 0;
        int sequence = 0;
        audio::StreamFormat format;
        time::Micros media_start{};  // since the take's first frame
        time::SysTime start;
        time::SysTime aired;  // the same by the air clock
        double rate = 0;      // seconds of air time beyond each second of sound
        bool opened = false;  // the file
        bool dated = false;
        std::uint64_t setup_bytes = 0;
        std::uint64_t bytes = 0;  // with the setup
        std::uint64_t frames = 0;
        std::uint64_t samples = 0;
        std::uint64_t take_sample = 0;           // samples of the take before
        bool head_kept = false;                  // marks of the first minute have been handed over
        std::vector<std::byte> data;             // not yet collected
        std::vector<catalog::IndexEntry> index;  // likewise
        std::uint64_t indexed_sample = 0;

        time::Micros Media() const;
        time::SysTime End() const;
    };
    struct PendingTitle {
        time::Micros media;
        IcyTitle title;
    };

    bool Scan(std::span<const std::byte> piece);
    void AddFrame(const audio::Frame& frame, std::span<const std::byte> bytes);
    bool MustCut(const audio::Frame& frame) const;
    void Begin(const audio::StreamFormat& format);
    void Flush(bool close, bool dated = true);
    void Open(bool dated);
    void FlushMarks(bool close);
    void FlushTitles();
    catalog::SegmentProgress TakeProgress();
    time::Micros MediaEnd() const;

    const config::StationConfig& station_;
    const time::Clock& clock_;
    std::function<SegmentHandle()> new_handle_;
    std::string id_;
    std::string url_;
    time::SysTime connected_;
    audio::FrameScanner scanner_;
    std::vector<std::byte> carry_;  // bytes that are no whole frame yet
    std::optional<audio::AirClock> air_clock_;
    std::optional<OpenPart> segment_;
    std::optional<audio::RecentMarks> recent_;
    std::vector<PendingTitle> titles_;
    std::vector<WriteOp> ops_;
    std::size_t pending_bytes_ = 0;
    std::size_t usual_bytes_ = 0;  // collected last time
    std::uint64_t bytes_ = 0;
    std::uint64_t frames_ = 0;
    int segments_ = 0;
    double drift_ = 0;  // of the station's sample clock: seconds beyond each second of sound
    bool dates_fixed_ = false;
    bool ended_ = false;
};

}  // namespace aircheck::downloader

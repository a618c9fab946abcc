// SPDX-License-Identifier: MIT
#include "webapi/takeover/takeover_state.h"

#include "common/audio/codec.h"

namespace aircheck::webapi {

namespace {

std::int64_t ToMicros(time::SysTime t) {
    return t.time_since_epoch().count();
}

time::SysTime FromMicros(std::int64_t micros) {
    return time::SysTime(time::Micros{micros});
}

}  // namespace

SegmentRow SaveSegment(const catalog::Segment& segment) {
    return {.id = segment.id,
            .station = segment.station,
            .take = segment.take,
            .path = segment.path,
            .open = segment.state == catalog::SegmentState::kOpen,
            .start = ToMicros(segment.start),
            .end = ToMicros(segment.end),
            .bytes = segment.bytes,
            .setup_bytes = segment.setup_bytes,
            .codec = std::string(audio::Name(segment.format.codec)),
            .setup = segment.format.setup};
}

std::optional<catalog::Segment> RestoreSegment(const SegmentRow& state) {
    const auto codec = audio::CodecFromName(state.codec);
    if (!codec) return std::nullopt;
    catalog::Segment segment;
    segment.id = state.id;
    segment.station = state.station;
    segment.take = state.take;
    segment.path = state.path;
    segment.state = state.open ? catalog::SegmentState::kOpen : catalog::SegmentState::kClosed;
    segment.start = FromMicros(state.start);
    segment.end = FromMicros(state.end);
    segment.bytes = state.bytes;
    segment.setup_bytes = state.setup_bytes;
    segment.format.codec = *codec;
    segment.format.setup = state.setup;
    return segment;
}

void SaveWriter(const audio::OggWriter::State& writer, RelayState& state) {
    state.serial = writer.serial;
    state.sequence = writer.sequence;
    state.granule = writer.granule;
    state.in_packet = writer.in_packet;
    state.packet_samples = writer.packet_samples;
    state.half_block = writer.half_block;
    if (const auto& before = writer.before)
        state.before = {before->flags, before->granule, before->serial, before->sequence};
}

audio::OggWriter::State RestoreWriter(const RelayState& state) {
    audio::OggWriter::State writer{.serial = state.serial,
                                   .sequence = state.sequence,
                                   .granule = state.granule,
                                   .in_packet = state.in_packet,
                                   .packet_samples = state.packet_samples,
                                   .half_block = state.half_block};
    if (const auto& before = state.before) {
        const auto flags = static_cast<std::uint8_t>(before->flags);
        writer.before = {flags, before->granule, before->serial, before->sequence};
    }
    return writer;
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "loudness/decoder.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
}

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "loudness/ogg_packets.h"

namespace aircheck::loudness {
namespace {

using audio::Codec;
using Bytes = std::vector<std::byte>;

struct FreeContext {
    void operator()(AVCodecContext* context) const noexcept { avcodec_free_context(&context); }
};
struct FreePacket {
    void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
};
struct FreeFrame {
    void operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }
};

constexpr std::size_t kFlacMarkBytes = 13;  // before STREAMINFO in its packet (RFC 9639, 10.1)
constexpr std::size_t kStreamInfoBytes = 34;

AVCodecID IdOf(const audio::StreamFormat& format) {
    switch (format.codec) {
        case Codec::kMpeg:
            return format.layer == 3 ? AV_CODEC_ID_MP3 : AV_CODEC_ID_MP2;
        case Codec::kAdts:
            return AV_CODEC_ID_AAC;
        case Codec::kOpus:
            return AV_CODEC_ID_OPUS;
        case Codec::kVorbis:
            return AV_CODEC_ID_VORBIS;
        case Codec::kFlac:
            return AV_CODEC_ID_FLAC;
    }
    return AV_CODEC_ID_NONE;
}

/// Vorbis' three header packets as one, with their sizes before them (as Matroska has them).
Bytes Laced(const std::vector<Bytes>& packets) {
    Bytes laced{std::byte{2}};
    for (std::size_t i = 0; i < 2; ++i) {
        laced.insert(laced.end(), packets[i].size() / 255, std::byte{255});
        laced.push_back(static_cast<std::byte>(packets[i].size() % 255));
    }
    for (std::size_t i = 0; i < 3; ++i)
        laced.insert(laced.end(), packets[i].begin(), packets[i].end());
    return laced;
}

/// What libavcodec wants to know before the first packet; empty if the headers lack it.
Bytes ExtraData(Codec codec, std::span<const std::byte> setup) {
    const std::vector<Bytes> packets = WholePackets(setup);
    if (codec == Codec::kVorbis) return packets.size() < 3 ? Bytes() : Laced(packets);
    if (packets.empty() || codec == Codec::kOpus) return packets.empty() ? Bytes() : packets[0];
    if (packets[0].size() < kFlacMarkBytes + kStreamInfoBytes + 4) return {};
    const auto info = packets[0].begin() + kFlacMarkBytes + 4;
    return {info, info + kStreamInfoBytes};
}

void SetExtraData(AVCodecContext& context, const Bytes& bytes) {
    auto* copy =
        static_cast<std::uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (copy == nullptr) throw std::bad_alloc();
    std::memcpy(copy, bytes.data(), bytes.size());
    context.extradata = copy;
    context.extradata_size = static_cast<int>(bytes.size());
}

/// A sample between -1 and 1.
template <typename Sample>
float Scaled(Sample sample) {
    if constexpr (std::is_floating_point_v<Sample>)
        return static_cast<float>(sample);
    else
        return static_cast<float>(sample) / -static_cast<float>(std::numeric_limits<Sample>::min());
}

template <typename Sample>
void AddPowers(const AVFrame& frame, bool planar, std::vector<float>& powers) {
    const auto samples = static_cast<std::size_t>(frame.nb_samples);
    const auto channels = static_cast<std::size_t>(frame.ch_layout.nb_channels);
    const std::size_t begin = powers.size();
    powers.resize(begin + samples);
    for (std::size_t channel = 0; channel < channels; ++channel) {
        const auto* at = reinterpret_cast<const Sample*>(frame.extended_data[planar ? channel : 0]);
        const std::size_t step = planar ? 1 : channels;
        if (!planar) at += channel;
        for (std::size_t i = 0; i < samples; ++i, at += step) {
            const float sample = Scaled(*at);
            powers[begin + i] += sample * sample;
        }
    }
    const auto share = static_cast<float>(channels);
    for (std::size_t i = begin; i < powers.size(); ++i) powers[i] /= share;
}

void AddPowers(const AVFrame& frame, std::vector<float>& powers) {
    if (frame.nb_samples <= 0 || frame.ch_layout.nb_channels <= 0) return;
    switch (frame.format) {
        case AV_SAMPLE_FMT_FLT:
        case AV_SAMPLE_FMT_FLTP:
            return AddPowers<float>(frame, frame.format == AV_SAMPLE_FMT_FLTP, powers);
        case AV_SAMPLE_FMT_S16:
        case AV_SAMPLE_FMT_S16P:
            return AddPowers<std::int16_t>(frame, frame.format == AV_SAMPLE_FMT_S16P, powers);
        case AV_SAMPLE_FMT_S32:
        case AV_SAMPLE_FMT_S32P:
            return AddPowers<std::int32_t>(frame, frame.format == AV_SAMPLE_FMT_S32P, powers);
        default:
            return;  // none of these codecs' decoders has another one
    }
}

}  // namespace

struct Decoder::State {
    bool is_ogg = false;
    std::unique_ptr<AVCodecContext, FreeContext> context;
    std::unique_ptr<AVPacket, FreePacket> packet{av_packet_alloc()};
    std::unique_ptr<AVFrame, FreeFrame> frame{av_frame_alloc()};
    Bytes padded;

    void DecodePacket(std::span<const std::byte> bytes, std::vector<float>& powers) {
        // Decoders read a little beyond the end.
        padded.assign(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE, std::byte{0});
        std::ranges::copy(bytes, padded.begin());
        packet->data = reinterpret_cast<std::uint8_t*>(padded.data());
        packet->size = static_cast<int>(bytes.size());
        const int taken = avcodec_send_packet(context.get(), packet.get());
        packet->data = nullptr;
        packet->size = 0;
        if (taken < 0) return;
        while (avcodec_receive_frame(context.get(), frame.get()) == 0) AddPowers(*frame, powers);
    }
};

Decoder::Decoder(const audio::StreamFormat& format, std::span<const std::byte> setup)
    : state_(std::make_unique<State>()) {
    // Damaged sound is nothing to fill a log with.
    av_log_set_level(AV_LOG_QUIET);
    const auto name = std::string(audio::Name(format.codec));
    const AVCodec* codec = avcodec_find_decoder(IdOf(format));
    if (codec == nullptr) throw std::runtime_error("libavcodec has no decoder for " + name);
    state_->is_ogg = audio::IsOgg(format.codec);
    state_->context.reset(avcodec_alloc_context3(codec));
    if (!state_->context || !state_->packet || !state_->frame) throw std::bad_alloc();
    AVCodecContext& context = *state_->context;
    context.thread_count = 1;
    context.sample_rate = static_cast<int>(format.sample_rate);
    if (format.channels > 0) av_channel_layout_default(&context.ch_layout, format.channels);
    if (state_->is_ogg) {
        const Bytes extra = ExtraData(format.codec, setup);
        if (extra.empty()) throw std::runtime_error("the " + name + " stream lacks its headers");
        SetExtraData(context, extra);
    }
    if (avcodec_open2(&context, codec, nullptr) < 0)
        throw std::runtime_error("libavcodec cannot decode this " + name + " stream");
}

Decoder::~Decoder() = default;

void Decoder::Decode(std::span<const std::byte> frame, std::vector<float>& powers) {
    if (!state_->is_ogg) return state_->DecodePacket(frame, powers);
    ForEachWholePacket(
        frame, [&](std::span<const std::byte> packet) { state_->DecodePacket(packet, powers); });
}

}  // namespace aircheck::loudness

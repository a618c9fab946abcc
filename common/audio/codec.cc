// SPDX-License-Identifier: MIT
#include "common/audio/codec.h"

#include <array>

namespace aircheck::audio {
namespace {

struct Row {
    Codec codec;
    std::string_view name;
    std::string_view extension;
    std::string_view content_type;
};

constexpr std::array kCodecs{
    Row{Codec::kMpeg, "mpeg", "mp3", "audio/mpeg"},
    Row{Codec::kAdts, "adts", "aac", "audio/aac"},
    Row{Codec::kOpus, "opus", "opus", "audio/ogg"},
    Row{Codec::kVorbis, "vorbis", "ogg", "audio/ogg"},
    Row{Codec::kFlac, "flac", "oga", "audio/ogg"},
};

constexpr const Row& RowOf(Codec codec) {
    return kCodecs[static_cast<std::size_t>(codec)];
}

static_assert(RowOf(Codec::kMpeg).codec == Codec::kMpeg);
static_assert(RowOf(Codec::kAdts).codec == Codec::kAdts);
static_assert(RowOf(Codec::kOpus).codec == Codec::kOpus);
static_assert(RowOf(Codec::kVorbis).codec == Codec::kVorbis);
static_assert(RowOf(Codec::kFlac).codec == Codec::kFlac);

}  // namespace

std::string_view Name(Codec codec) {
    return RowOf(codec).name;
}

std::optional<Codec> CodecFromName(std::string_view name) {
    for (const Row& row : kCodecs)
        if (row.name == name) return row.codec;
    return std::nullopt;
}

std::string_view Extension(Codec codec) {
    return RowOf(codec).extension;
}

std::optional<Codec> CodecFromExtension(std::string_view extension) {
    for (const Row& row : kCodecs)
        if (row.extension == extension) return row.codec;
    return std::nullopt;
}

std::string_view ContentType(Codec codec) {
    return RowOf(codec).content_type;
}

}  // namespace aircheck::audio

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aircheck::audio {

enum class Codec : std::uint8_t {
    kMpeg,  // MPEG-1, 2 and 2.5 audio, layers II and III
    kAdts,  // AAC-LC and HE-AAC in ADTS
    kOpus,  // this and the following in Ogg
    kVorbis,
    kFlac,
};

constexpr bool IsOgg(Codec codec) {
    return codec == Codec::kOpus || codec == Codec::kVorbis || codec == Codec::kFlac;
}

/// "mpeg", "adts", "opus": as in the catalog and in messages.
std::string_view Name(Codec codec);
std::optional<Codec> CodecFromName(std::string_view name);

/// Extension of segment files, without the dot: "mp3", "aac", "opus", "ogg", "oga".
std::string_view Extension(Codec codec);
std::optional<Codec> CodecFromExtension(std::string_view extension);

/// "audio/mpeg", "audio/aac", "audio/ogg".
std::string_view ContentType(Codec codec);

}  // namespace aircheck::audio

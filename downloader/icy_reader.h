// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace aircheck::downloader {

/// Separates the ICY metadata of one connection from its audio. After every `metaint` bytes of
/// audio stands a length byte, then sixteen times as many bytes of metadata.
class IcyReader {
public:
    /// `metaint` as the server's icy-metaint said; 0: there is no metadata.
    explicit IcyReader(std::size_t metaint) : metaint_(metaint), audio_left_(metaint) {}

    using AudioSink = std::function<void(std::span<const std::byte>)>;
    using MetadataSink = std::function<void(std::string_view)>;

    /// Takes what came in, cut anywhere. Audio is passed on as it is, a block of metadata once it
    /// is whole; empty blocks, which only say that nothing is new, are not.
    void Feed(std::span<const std::byte> data, const AudioSink& audio,
              const MetadataSink& metadata);

private:
    std::size_t metaint_;
    std::size_t audio_left_;      // until the next length byte
    std::size_t block_left_ = 0;  // bytes of metadata that are still to come
    std::string block_;
};

struct IcyTitle {
    std::string title;
    std::string url;

    bool operator==(const IcyTitle&) const = default;
};

/// Reads `StreamTitle='…';StreamUrl='…';`. A value ends at `';`, not at its first apostrophe. No
/// character set is agreed on: what is no UTF-8 is read in `charset` (a name that iconv knows; may
/// be empty), else as Latin-1. Nullopt if there is no StreamTitle; an empty one is a title.
std::optional<IcyTitle> ParseIcyMetadata(std::string_view block, std::string_view charset);

}  // namespace aircheck::downloader

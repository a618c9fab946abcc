// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace aircheck::audio {

inline constexpr std::size_t kMaxOggPageBytes = 27 + 255 + 255 * 255;

/// A whole Ogg page (RFC 3533, 6) within someone else's bytes.
struct OggPage {
    std::uint8_t flags = 0;
    std::int64_t granule = 0;  // -1 if no packet ends here
    std::uint32_t serial = 0;
    std::uint32_t sequence = 0;
    std::span<const std::byte> lacing;
    std::span<const std::byte> body;

    std::size_t size() const { return 27 + lacing.size() + body.size(); }

    /// Begins with the rest of the packet before.
    bool Continued() const { return (flags & 1) != 0; }
    /// The first page of its logical stream.
    bool First() const { return (flags & 2) != 0; }
    /// The last one.
    bool Last() const { return (flags & 4) != 0; }
    /// Its last packet goes on in the next page.
    bool Unfinished() const { return !lacing.empty() && lacing.back() == std::byte{255}; }
};

/// What a page holds of one packet.
struct OggPacket {
    std::span<const std::byte> bytes;  // the first 255 at least, if it begins here
    bool begins = true;
    bool ends = true;
};

/// Bytes of the page that begins `data`, which need not hold all of it; 0 if more bytes are needed
/// to tell, nullopt if there is no page.
std::optional<std::size_t> OggPageSize(std::span<const std::byte> data);

/// The page that begins `data`, if it is all there and its checksum is right.
std::optional<OggPage> ParseOggPage(std::span<const std::byte> data);

/// A hash of what the pages hold. Their headers, which count pages and samples, differ between
/// relays of one stream.
std::uint64_t HashOggBodies(std::span<const std::byte> pages);

/// What is to stand in a page's header.
struct OggPageHeader {
    std::uint8_t flags = 0;
    std::int64_t granule = 0;
    std::uint32_t serial = 0;
    std::uint32_t sequence = 0;

    bool operator==(const OggPageHeader&) const = default;
};

/// Writes that into a whole page, and the checksum that fits.
void RewriteOggPage(std::span<std::byte> page, const OggPageHeader& header);

/// Calls `use` with each OggPacket of the page.
template <typename Use>
void ForEachPacket(const OggPage& page, Use use) {
    std::size_t begin = 0;
    std::size_t size = 0;
    bool begins = !page.Continued();
    for (std::size_t at = 0; at < page.lacing.size(); ++at) {
        size += std::to_integer<std::size_t>(page.lacing[at]);
        const bool ends = page.lacing[at] != std::byte{255};
        if (!ends && at + 1 < page.lacing.size()) continue;
        use(OggPacket{page.body.subspan(begin, size), begins, ends});
        begin += size;
        size = 0;
        begins = true;
    }
}

}  // namespace aircheck::audio

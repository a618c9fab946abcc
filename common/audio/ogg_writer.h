// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/audio/ogg_header.h"
#include "common/audio/ogg_page.h"

namespace aircheck::audio {

/// Makes one sound physical stream out of pieces of recorded ones: serial and sequence numbers,
/// granule positions, the flags of first and last pages and the checksums are written anew, and
/// sizes stay as they are. What comes out depends only on what is put in, from the beginning on.
///
///     writer.Begin(setup);               // where the setup is another one than before
///     writer.Rewrite(pages, is_last);    // as often as there are pages
///
/// Pieces of several takes with one setup make one logical stream; the sound of each begins at
/// granule position 0, so that of Opus loses its pre-skip at the start only (RFC 7845, 4.2).
class OggWriter {
public:
    /// Begins a logical stream, behind those before, and rewrites its header pages in place. Bytes
    /// that are none are left as they are, and so is all that follows them.
    void Begin(std::span<std::byte> setup);

    /// Rewrites the whole pages of sound at the front of `data` in place, and returns their bytes;
    /// the rest has to be given again with more behind it. `last`: with `data` the logical stream
    /// ends. What is no page is passed over unchanged.
    std::size_t Rewrite(std::span<std::byte> data, bool last);

    /// How far it has come, for another process to go on from there.
    struct State {
        std::uint32_t serial = 0;    // that is given to the present logical stream
        std::uint32_t sequence = 0;  // of the next page
        std::int64_t granule = 0;

        bool in_packet = false;            // the last page was unfinished
        std::uint32_t packet_samples = 0;  // of that packet
        std::uint32_t half_block = 0;      // Vorbis: of the last whole packet

        std::optional<OggPageHeader> before;  // the last page's as it was

        bool operator==(const State&) const = default;
    };
    const State& state() const { return state_; }

    /// Goes on from there. `setup`: the present logical stream's header pages as recorded.
    void Resume(const State& state, std::span<const std::byte> setup);

private:
    void RewriteSound(std::span<std::byte> bytes, const OggPage& page, bool last);
    std::uint64_t Output(std::uint32_t samples);

    std::optional<OggSetup> setup_;
    State state_;
};

}  // namespace aircheck::audio

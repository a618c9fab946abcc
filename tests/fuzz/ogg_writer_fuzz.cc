// SPDX-License-Identifier: MIT
#include "common/audio/ogg_writer.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/ogg_mutator.h"
#include "tests/unit/common/audio/made_frames.h"

namespace {

using namespace aircheck::audio;
using test::Bytes;

void Require(bool holds) {
    if (!holds) std::abort();
}

/// Every page of a stream has the sequence number after its neighbour's, but for holes that keep
/// torn packets apart, and one stream follows the other.
void CheckPages(const Bytes& stream) {
    std::uint32_t serial = 0;
    std::uint32_t sequence = 0;
    std::span<const std::byte> rest(stream);
    while (!rest.empty()) {
        const auto page = ParseOggPage(rest);
        Require(page.has_value());
        Require(page->First() == (page->serial != serial));
        Require(page->serial == serial || page->serial == serial + 1);
        const std::uint32_t expected = page->First() ? 0 : sequence + 1;
        Require(page->sequence == expected || (page->Continued() && page->sequence > expected));
        serial = page->serial;
        sequence = page->sequence;
        rest = rest.subspan(page->size());
    }
}

/// All sound in the stream, rewritten in calls of at most `cut` bytes more than were left over.
Bytes RewriteAll(std::span<const std::byte> stream, std::size_t cut) {
    const test::Scan scan = test::ScanInCuts(stream, [&] { return stream.size(); });
    OggWriter writer;
    StreamFormat format;
    Bytes out;
    for (const auto& frame : scan.frames) {
        if (!IsOgg(frame.format.codec)) continue;
        if (frame.format != format) {
            Bytes setup = frame.setup;
            writer.Begin(setup);
            test::Append(out, setup);
            format = frame.format;
        }
        const auto sound = stream.subspan(frame.position, frame.size);
        Bytes bytes(sound.begin(), sound.end());
        std::size_t done = 0;
        for (std::size_t end = 0; end < bytes.size();) {
            end = std::min(bytes.size(), end + cut);
            done += writer.Rewrite(std::span(bytes).first(end).subspan(done), false);
        }
        Require(done == bytes.size());
        test::Append(out, bytes);
    }
    return out;
}

/// Bytes that nobody has checked are as many as before.
void RewriteRaw(std::span<const std::byte> stream) {
    Bytes setup(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(stream.size() / 2));
    const auto page = OggPageSize(setup);
    if (page && *page > 0) setup.resize(std::min(*page, setup.size()));
    Bytes bytes(stream.begin(), stream.end());
    OggWriter writer;
    writer.Begin(setup);
    Require(writer.Rewrite(bytes, true) <= bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto stream = std::as_bytes(std::span(data, size));
    const Bytes whole = RewriteAll(stream, size + 1);
    CheckPages(whole);
    if (size < 10'000) Require(RewriteAll(stream, 1 + size / 7) == whole);
    RewriteRaw(stream);
    return 0;
}

// SPDX-License-Identifier: MIT
#include "common/audio/ogg_writer.h"

#include <gtest/gtest.h>
#include <ogg/ogg.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/unit/common/audio/made_pages.h"

namespace aircheck::audio {
namespace {

using test::Append;
using test::Bytes;
using test::kContinuedFlag;
using test::kOpusPacketSamples;
using test::MadeOpus;
using test::OpusPacket;
using test::Scan;
using test::ScanWhole;

/// What libogg, as a player does, reads from a physical stream.
struct Played {
    struct Stream {
        int serial = 0;
        std::vector<Bytes> packets;
        std::vector<ogg_int64_t> granules;  // of the pages
        bool ended = false;
    };
    std::vector<Stream> streams;
    int holes = 0;
};

class Player {
public:
    Player() { ogg_sync_init(&sync_); }
    ~Player() {
        ogg_stream_clear(&stream_);
        ogg_sync_clear(&sync_);
    }
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    Played Play(const Bytes& bytes) {
        char* buffer = ogg_sync_buffer(&sync_, static_cast<long>(bytes.size()));
        std::memcpy(buffer, bytes.data(), bytes.size());
        ogg_sync_wrote(&sync_, static_cast<long>(bytes.size()));
        ogg_page page;
        for (int got = 0; (got = ogg_sync_pageout(&sync_, &page)) != 0;) {
            EXPECT_EQ(got, 1) << "bytes that are no page";
            if (got == 1) Take(page);
        }
        return played_;
    }

private:
    void Take(ogg_page& page) {
        if (ogg_page_bos(&page) != 0) {
            ogg_stream_clear(&stream_);
            ogg_stream_init(&stream_, ogg_page_serialno(&page));
            played_.streams.push_back({ogg_page_serialno(&page), {}, {}, false});
        }
        Played::Stream& stream = played_.streams.back();
        EXPECT_FALSE(stream.ended);
        ASSERT_EQ(ogg_stream_pagein(&stream_, &page), 0);
        stream.granules.push_back(ogg_page_granulepos(&page));
        stream.ended = ogg_page_eos(&page) != 0;
        ogg_packet packet;
        for (int got = 0; (got = ogg_stream_packetout(&stream_, &packet)) != 0;) {
            if (got < 0) {
                ++played_.holes;
                continue;
            }
            const auto* data = reinterpret_cast<const std::byte*>(packet.packet);
            stream.packets.emplace_back(data, data + packet.bytes);
        }
    }

    ogg_sync_state sync_{};
    ogg_stream_state stream_{};
    Played played_;
};

Bytes File(const std::string& name) {
    std::ifstream file(std::string(AIRCHECK_SOURCE_DIR "/tests/fuzz/corpus/ogg_writer/") + name,
                       std::ios::binary);
    std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    const auto view = std::as_bytes(std::span(bytes));
    return {view.begin(), view.end()};
}

/// Frames [first, end) of a stream, as a slice has them.
class Slicer {
public:
    void Add(const Bytes& stream, std::size_t first, std::size_t end) {
        const Scan scan = ScanWhole(stream);
        for (std::size_t i = first; i < std::min(end, scan.frames.size()); ++i) {
            const auto begin =
                stream.begin() + static_cast<std::ptrdiff_t>(scan.frames[i].position);
            pieces_.push_back({scan.frames[i], {begin, begin + scan.frames[i].size}});
        }
    }

    Bytes Write() {
        OggWriter writer;
        Bytes out;
        StreamFormat format;
        for (std::size_t i = 0; i < pieces_.size(); ++i) {
            auto [frame, bytes] = pieces_[i];
            if (frame.format != format) {
                writer.Begin(frame.setup);
                Append(out, frame.setup);
            }
            format = frame.format;
            const bool last = i + 1 == pieces_.size() || pieces_[i + 1].frame.format != format;
            EXPECT_EQ(writer.Rewrite(bytes, last), bytes.size());
            Append(out, bytes);
        }
        return out;
    }

private:
    struct Piece {
        Scan::Found frame;
        Bytes bytes;
    };
    std::vector<Piece> pieces_;
};

Bytes Slice(const Bytes& stream, std::size_t first, std::size_t end) {
    Slicer slicer;
    slicer.Add(stream, first, end);
    return slicer.Write();
}

TEST(OggWriter, AWholeStreamPlaysAsBefore) {
    for (const auto* name : {"opus", "vorbis", "flac"}) {
        const Bytes file = File(name);
        const Bytes slice = Slice(file, 0, 10'000);
        ASSERT_EQ(slice.size(), file.size()) << name;
        const Played before = Player().Play(file);
        const Played after = Player().Play(slice);
        ASSERT_EQ(after.streams.size(), 1u) << name;
        EXPECT_EQ(after.streams[0].packets, before.streams[0].packets) << name;
        EXPECT_EQ(after.streams[0].granules, before.streams[0].granules) << name;
        EXPECT_TRUE(after.streams[0].ended) << name;
        EXPECT_EQ(after.holes, 0) << name;
    }
}

TEST(OggWriter, ASliceBeginsAtZeroAndEnds) {
    for (const auto* name : {"opus", "vorbis", "flac"}) {
        const Bytes file = File(name);
        const Scan scan = ScanWhole(file);
        ASSERT_GT(scan.frames.size(), 4u) << name;
        const Played before = Player().Play(file);
        const Played after = Player().Play(Slice(file, 2, 4));
        ASSERT_EQ(after.streams.size(), 1u) << name;
        const auto& stream = after.streams[0];
        EXPECT_TRUE(stream.ended);
        EXPECT_EQ(after.holes, 0) << name;
        const auto samples =
            static_cast<ogg_int64_t>(scan.frames[2].samples) + scan.frames[3].samples;
        // A first packet of Vorbis puts out nothing.
        EXPECT_LE(stream.granules.back(), samples) << name;
        EXPECT_GT(stream.granules.back(), samples - 2048) << name;
        if (std::string(name) != "vorbis") {
            EXPECT_EQ(stream.granules.back(), samples) << name;
        }

        const auto& all = before.streams[0].packets;
        const std::size_t headers = std::string(name) == "vorbis" ? 3 : 2;
        ASSERT_GT(stream.packets.size(), headers);
        const auto found = std::search(all.begin(), all.end(), stream.packets.begin() + headers,
                                       stream.packets.end());
        EXPECT_NE(found, all.end()) << name;
    }
}

TEST(OggWriter, ChainedStreamsStayChained) {
    const Bytes file = File("chain");
    const Played before = Player().Play(file);
    const Played after = Player().Play(Slice(file, 1, 10'000));
    ASSERT_EQ(after.streams.size(), 2u);
    EXPECT_NE(after.streams[0].serial, after.streams[1].serial);
    EXPECT_TRUE(after.streams[0].ended);
    EXPECT_TRUE(after.streams[1].ended);
    EXPECT_EQ(after.streams[1].packets, before.streams[1].packets);
}

TEST(OggWriter, TakesWithOneSetupMakeOneStream) {
    MadeOpus here(7);
    MadeOpus there(7);
    Bytes older = here.Headers();
    Bytes newer = there.Headers();
    there.Skip(5'000);
    for (int i = 0; i < 4; ++i) Append(older, here.Sound());
    for (int i = 0; i < 4; ++i) Append(newer, there.Sound());
    Slicer slicer;
    slicer.Add(older, 1, 3);
    slicer.Add(newer, 2, 4);
    const Played played = Player().Play(slicer.Write());
    ASSERT_EQ(played.streams.size(), 1u);
    EXPECT_EQ(played.streams[0].granules,
              (std::vector<ogg_int64_t>{0, 0, 4800, 9600, 14400, 19200}));
    EXPECT_EQ(played.streams[0].packets.size(), 2u + 4 * 5);
    EXPECT_EQ(played.holes, 0);
}

TEST(OggWriter, PacketsOverPagesStayWhole) {
    MadeOpus opus(7);
    Bytes stream = opus.Headers();
    const Bytes longest(510 + 255 + 30, std::byte{0xFC});
    Append(stream, opus.Page({OpusPacket(100), {longest.begin(), longest.begin() + 510}}, 0, true));
    Append(stream, opus.Page({{longest.begin(), longest.begin() + 255}}, kContinuedFlag, true));
    Append(stream, opus.Page({{longest.begin(), longest.begin() + 30}}, kContinuedFlag));
    const Played played = Player().Play(Slice(stream, 0, 1));
    EXPECT_EQ(played.streams[0].granules,
              (std::vector<ogg_int64_t>{0, 0, kOpusPacketSamples, -1, 2 * kOpusPacketSamples}));
    EXPECT_EQ(played.streams[0].packets.back(), longest);
    EXPECT_EQ(played.holes, 0);
}

TEST(OggWriter, HalvesOfTwoPacketsAreNotJoined) {
    MadeOpus opus(7);
    Bytes stream = opus.Headers();
    Append(stream, opus.Page({OpusPacket(100, 1), OpusPacket(510, 2)}, 0, true));
    opus.Skip(1);
    Append(stream, opus.Page({OpusPacket(30, 3), OpusPacket(100, 4)}, kContinuedFlag));
    const Played played = Player().Play(Slice(stream, 0, 2));
    ASSERT_EQ(played.streams[0].packets.size(), 4u);
    EXPECT_EQ(played.streams[0].packets[2], OpusPacket(100, 1));
    EXPECT_EQ(played.streams[0].packets[3], OpusPacket(100, 4));
    EXPECT_EQ(played.streams[0].granules.back(), 2 * kOpusPacketSamples);
}

TEST(OggWriter, WaitsForTheRestOfAPage) {
    MadeOpus opus(7);
    Bytes setup = opus.Headers();
    Bytes pages = opus.Sound();
    const std::size_t first = pages.size();
    Append(pages, opus.Sound());
    OggWriter writer;
    writer.Begin(setup);
    EXPECT_EQ(writer.Rewrite(std::span(pages).first(first + 50), false), first);
    EXPECT_EQ(writer.Rewrite(std::span(pages).subspan(first), true), pages.size() - first);
    Append(setup, pages);
    const Played played = Player().Play(setup);
    EXPECT_EQ(played.streams[0].packets.size(), 12u);
    EXPECT_TRUE(played.streams[0].ended);
}

TEST(OggWriter, LeavesAloneWhatIsNoPage) {
    MadeOpus opus(7);
    Bytes setup = opus.Headers();
    OggWriter writer;
    writer.Begin(setup);
    const Bytes before = test::ToBytes("no page, OggSo to speak, and some more words behind it");
    Bytes bytes = before;
    EXPECT_EQ(writer.Rewrite(bytes, true), bytes.size());
    EXPECT_EQ(bytes, before);

    Bytes no_setup = before;
    Bytes page = opus.Sound();
    const Bytes page_before = page;
    writer.Begin(no_setup);
    EXPECT_EQ(writer.Rewrite(page, true), page.size());
    EXPECT_EQ(no_setup, before);
    EXPECT_EQ(page, page_before);
}

}  // namespace
}  // namespace aircheck::audio

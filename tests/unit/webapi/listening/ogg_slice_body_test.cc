// SPDX-License-Identifier: MIT
#include "webapi/listening/ogg_slice_body.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <string>

#include "common/audio/frame_scanner.h"
#include "tests/unit/common/audio/made_pages.h"
#include "webapi/listening/locate.h"

namespace aircheck::webapi {
namespace {

namespace asio = boost::asio;
using audio::OggPage;
using audio::test::Bytes;
using audio::test::MadeOpus;

/// A segment's file in memory and its row.
struct Recorded {
    catalog::Segment segment;
    Bytes bytes;

    Piece Between(std::uint64_t from_sample, std::uint64_t to_sample) const {
        Piece piece;
        piece.segment = segment;
        piece.file = std::make_shared<const util::UniqueFd>(::memfd_create("segment", MFD_CLOEXEC));
        EXPECT_EQ(::write(piece.file->get(), bytes.data(), bytes.size()),
                  static_cast<ssize_t>(bytes.size()));
        piece.begin = Locate(FileReader(piece.file->get()), segment, std::nullopt, from_sample);
        piece.end = Locate(FileReader(piece.file->get()), segment, std::nullopt, to_sample);
        return piece;
    }
};

/// One page a second.
constexpr std::uint64_t kSecond = 48'000;
Recorded Record(MadeOpus opus, std::uint32_t skipped_pages, int pages) {
    Recorded recorded;
    recorded.bytes = opus.Headers();
    recorded.segment.setup_bytes = recorded.bytes.size();
    opus.Skip(skipped_pages);
    for (int i = 0; i < pages; ++i) audio::test::Append(recorded.bytes, opus.Sound(50, 300));
    const auto scan = audio::test::ScanWhole(recorded.bytes);
    recorded.segment.format = scan.frames.front().format;
    recorded.segment.samples = kSecond * static_cast<std::uint64_t>(pages);
    recorded.segment.bytes = recorded.bytes.size();
    return recorded;
}

asio::awaitable<void> ReadAll(Body& body, std::string& out) {
    for (;;) {
        const std::optional<Extent> extent = co_await body.Next();
        if (!extent) co_return;
        out.append(extent->memory, extent->size);
    }
}

std::string Make(std::vector<Piece> pieces, ByteRange range) {
    CatalogReader reader(storage::Layout("/none"));
    const SoundSource source(reader);
    OggSliceBody body(source, std::move(pieces), range);
    asio::io_context loop;
    std::string out;
    asio::co_spawn(loop, ReadAll(body, out), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
    });
    loop.run();
    return out;
}

std::vector<OggPage> Pages(const std::string& stream) {
    std::vector<OggPage> pages;
    auto rest = std::as_bytes(std::span(stream));
    while (const auto page = audio::ParseOggPage(rest)) {
        pages.push_back(*page);
        rest = rest.subspan(page->size());
    }
    EXPECT_TRUE(rest.empty());
    return pages;
}

TEST(Locate, OggSoundBeginsBehindTheSetup) {
    const Recorded recorded = Record(MadeOpus(7), 1000, 5);
    const Piece piece = recorded.Between(0, 5 * kSecond);
    EXPECT_EQ(piece.begin, (Position{0, recorded.segment.setup_bytes}));
    EXPECT_EQ(piece.end, (Position{5 * kSecond, recorded.segment.bytes}));
    const std::uint64_t page = piece.size() / 5;

    const Position third =
        Locate(FileReader(piece.file->get()), recorded.segment, std::nullopt, 2 * kSecond);
    EXPECT_EQ(third, (Position{2 * kSecond, recorded.segment.setup_bytes + 2 * page}));
    const catalog::IndexEntry entry{third.sample, third.byte};
    EXPECT_EQ(Locate(FileReader(piece.file->get()), recorded.segment, entry, 2 * kSecond + 1),
              (Position{3 * kSecond, recorded.segment.setup_bytes + 3 * page}));
}

TEST(OggSliceBody, MakesOneStreamOfTakes) {
    const Recorded older = Record(MadeOpus(7), 0, 40);
    const Recorded newer = Record(MadeOpus(7), 1000, 40);
    Slice slice;
    slice.pieces.push_back(older.Between(10 * kSecond, 30 * kSecond));
    slice.pieces.push_back(newer.Between(5 * kSecond, 25 * kSecond));
    const std::uint64_t size = slice.size();

    const std::string stream = Make(std::move(slice.pieces), {0, 10'000'000});
    EXPECT_EQ(stream.size(), size);
    const auto made = Pages(stream);
    ASSERT_EQ(made.size(), 42u);
    for (std::size_t i = 0; i < made.size(); ++i) {
        EXPECT_EQ(made[i].sequence, i);
        EXPECT_EQ(made[i].serial, made[0].serial);
        EXPECT_EQ(made[i].First(), i == 0);
        EXPECT_EQ(made[i].Last(), i == 41);
        EXPECT_EQ(made[i].granule, i < 2 ? 0 : static_cast<std::int64_t>((i - 1) * kSecond));
    }
}

TEST(OggSliceBody, ChainsStreamsWithOtherSetups) {
    const Recorded one = Record(MadeOpus(7), 0, 5);
    const Recorded two = Record(MadeOpus(8), 0, 5);
    Slice slice;
    slice.pieces.push_back(one.Between(0, 5 * kSecond));
    slice.pieces.push_back(two.Between(kSecond, 5 * kSecond));
    const std::uint64_t size = slice.size();
    const std::string stream = Make(std::move(slice.pieces), {0, 10'000'000});
    EXPECT_EQ(stream.size(), size);
    const auto made = Pages(stream);
    ASSERT_EQ(made.size(), 7u + 6);
    EXPECT_TRUE(made[6].Last());
    EXPECT_TRUE(made[7].First());
    EXPECT_NE(made[7].serial, made[6].serial);
    EXPECT_TRUE(made[12].Last());
}

TEST(OggSliceBody, RangesAreOfTheWhole) {
    const Recorded one = Record(MadeOpus(7), 0, 20);
    const Recorded two = Record(MadeOpus(8), 0, 20);
    const auto make = [&](ByteRange range) {
        std::vector<Piece> pieces;
        pieces.push_back(one.Between(3 * kSecond, 20 * kSecond));
        pieces.push_back(two.Between(0, 18 * kSecond));
        return Make(std::move(pieces), range);
    };
    const std::string whole = make({0, 100'000'000});
    ASSERT_GT(whole.size(), 400'000u);
    for (const ByteRange range : {ByteRange{0, 1}, ByteRange{100, 5'000}, ByteRange{130'000, 3},
                                  ByteRange{131'000, 200'000}, ByteRange{whole.size() - 7, 7}}) {
        EXPECT_EQ(make(range), whole.substr(range.first, range.size)) << range.first;
    }
}

TEST(OggRelay, LiveGetsWholePages) {
    const Recorded recorded = Record(MadeOpus(7), 0, 30);
    const Piece piece = recorded.Between(0, 30 * kSecond);
    OggRelay relay;
    std::string stream(relay.Enter(piece.file->get(), piece.segment));
    for (std::uint64_t at = piece.begin.byte; at < piece.end.byte;) {
        Extent extent{piece.file->get(), at, std::min<std::uint64_t>(7'777, piece.end.byte - at)};
        at += extent.size;
        while (extent.size > 0) stream += relay.Read(extent);
        Pages(stream);
    }
    EXPECT_EQ(stream.size(), recorded.bytes.size());
    EXPECT_EQ(relay.Enter(piece.file->get(), piece.segment), "");
}

}  // namespace
}  // namespace aircheck::webapi

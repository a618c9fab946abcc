// SPDX-License-Identifier: MIT
#include "downloader/icy_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace aircheck::downloader {
namespace {

using namespace std::string_literals;

struct Heard {
    std::string audio;
    std::vector<std::string> blocks;

    bool operator==(const Heard&) const = default;
};

Heard Read(std::size_t metaint, std::string_view stream, std::size_t cut) {
    Heard heard;
    IcyReader reader(metaint);
    const auto audio = [&heard](std::span<const std::byte> piece) {
        heard.audio.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    };
    const auto metadata = [&heard](std::string_view block) { heard.blocks.emplace_back(block); };
    for (; !stream.empty(); stream.remove_prefix(std::min(cut, stream.size())))
        reader.Feed(std::as_bytes(std::span(stream.substr(0, cut))), audio, metadata);
    return heard;
}

TEST(IcyReader, SeparatesMetadataHoweverItIsCut) {
    const std::string stream =
        "abcd\0efgh\1StreamTitle='x';ijkl\2"s + std::string(32, 'm') + "nopq\0rs"s;
    for (std::size_t cut = 1; cut <= stream.size(); ++cut) {
        const Heard heard = Read(4, stream, cut);
        EXPECT_EQ(heard.audio, "abcdefghijklnopqrs") << cut;
        ASSERT_EQ(heard.blocks.size(), 2u) << cut;
        EXPECT_EQ(heard.blocks[0], "StreamTitle='x';");
        EXPECT_EQ(heard.blocks[1], std::string(32, 'm'));
    }
}

TEST(IcyReader, ReadsTheLongestBlock) {
    const std::string block(4080, 'm');
    const Heard heard = Read(1, "a\xFF" + block + "b", 100);
    EXPECT_EQ(heard.audio, "ab");
    EXPECT_EQ(heard.blocks, std::vector{block});
}

TEST(IcyReader, WithoutAnIntervalAllIsAudio) {
    const Heard heard = Read(0, "ab\1cd", 2);
    EXPECT_EQ(heard.audio, "ab\1cd");
    EXPECT_TRUE(heard.blocks.empty());
}

TEST(IcyReader, ABlockThatIsNotWholeIsNotPassedOn) {
    EXPECT_TRUE(Read(2, "ab\1StreamTitle='x'", 5).blocks.empty());
}

struct Case {
    std::string block;
    std::string title;
    std::string url;
};

TEST(IcyMetadata, ReadsTitles) {
    const std::vector<Case> cases{
        {"StreamTitle='Artist - Song';", "Artist - Song", ""},
        {"StreamTitle='A';StreamUrl='http://x.example/';", "A", "http://x.example/"},
        {"StreamTitle='A';StreamUrl='';\0\0\0\0"s, "A", ""},
        {"StreamUrl='u';StreamTitle='A';", "A", "u"},
        {"StreamTitle='Don't Stop 'Til You Get Enough';StreamUrl='';",
         "Don't Stop 'Til You Get Enough", ""},
        {"StreamTitle='';", "", ""},
        {"StreamTitle='  padded  ';", "padded", ""},
        {"streamtitle='lower';", "lower", ""},
        {"StreamTitle='cut off", "cut off", ""},
        {"StreamTitle='cut off'", "cut off", ""},
        {"StreamTitle='a=b;c';", "a=b;c", ""},
        {"StreamTitle='say StreamUrl='no'';StreamUrl='yes';", "say StreamUrl='no'", "yes"},
        {"StreamTitle='a\r\nb\tc\x7F';", "a  b c", ""},
        {"adw_ad='true';StreamTitle='Ad';", "Ad", ""},
    };
    for (const Case& expected : cases) {
        const auto title = ParseIcyMetadata(expected.block, "");
        ASSERT_TRUE(title) << expected.block;
        EXPECT_EQ(title->title, expected.title) << expected.block;
        EXPECT_EQ(title->url, expected.url) << expected.block;
    }
}

TEST(IcyMetadata, WithoutATitleThereIsNone) {
    for (const auto& block : {""s, "\0\0"s, "StreamUrl='x';"s, "StreamTitle="s, "StreamTitle=x;"s,
                              "XStreamTitle='x';"s, "garbage"s, "\0StreamTitle='x';"s})
        EXPECT_FALSE(ParseIcyMetadata(block, "")) << block;
}

TEST(IcyMetadata, ReadsCharacterSets) {
    const auto title = [](const std::string& raw, std::string_view charset) {
        return ParseIcyMetadata("StreamTitle='" + raw + "';", charset)->title;
    };
    EXPECT_EQ(title("Bj\xC3\xB6rk", ""), "Björk");
    EXPECT_EQ(title("Bj\xF6rk", ""), "Björk");
    EXPECT_EQ(title("Bj\xC3\xB6rk", "windows-1251"), "Björk");  // UTF-8 is recognised first
    EXPECT_EQ(title("\xCC\xEE\xF1\xEA\xE2\xE0", "windows-1251"), "Москва");
    EXPECT_EQ(title("\x93\xFA\x96\x7B", "SHIFT_JIS"), "日本");
    EXPECT_EQ(title("\xF6", "no-such-charset"), "ö");
    EXPECT_EQ(title("\xF6\x80\xFF", "SHIFT_JIS").substr(0, 2), "ö");  // not in the named one
    EXPECT_EQ(title("\xC0\xAF", ""), "À¯");                           // overlong is no UTF-8
}

}  // namespace
}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#include "webapi/listening/icy_block.h"

#include <gtest/gtest.h>

#include <string>

#include "common/util/text.h"

namespace aircheck::webapi {
namespace {

/// What a player reads: the length, up to the first `';`, without the zeros.
std::string TitleIn(const std::string& block) {
    EXPECT_EQ(block.size(),
              1 + 16 * static_cast<std::size_t>(static_cast<unsigned char>(block[0])));
    const std::size_t end = block.find("';");
    EXPECT_EQ(block.substr(1, 13), "StreamTitle='");
    EXPECT_EQ(block.find_first_not_of('\0', end + 2), std::string::npos);
    EXPECT_GT(end + 2 + 16, block.size());
    return block.substr(14, end - 14);
}

TEST(IcyBlock, HoldsTheTitle) {
    EXPECT_EQ(TitleIn(IcyBlock("")), "");
    EXPECT_EQ(IcyBlock(""), "\1StreamTitle='';" + std::string(1, '\0'));
    EXPECT_EQ(TitleIn(IcyBlock("x")), "x");  // 16 bytes: no padding
    EXPECT_EQ(IcyBlock("x").size(), 17u);
    EXPECT_EQ(IcyBlock("xy").size(), 33u);
    EXPECT_EQ(TitleIn(IcyBlock("Motörhead - Ace of Spades")), "Motörhead - Ace of Spades");
}

TEST(IcyBlock, ATitleCannotEndItself) {
    EXPECT_EQ(TitleIn(IcyBlock("Rock 'n' Roll")), "Rock 'n' Roll");
    EXPECT_EQ(TitleIn(IcyBlock("Rockin'")), "Rockin'");
    EXPECT_EQ(TitleIn(IcyBlock("a';StreamUrl='b';")), "a’;StreamUrl='b’;");
    EXPECT_EQ(TitleIn(IcyBlock("a'';b")), "a'’;b");
    EXPECT_EQ(TitleIn(IcyBlock("a\r\nb\tc")), "a  b c");
}

TEST(IcyBlock, IsCutAtTheBorderOfACharacter) {
    EXPECT_EQ(TitleIn(IcyBlock(std::string(4065, 'x'))), std::string(4065, 'x'));
    EXPECT_EQ(IcyBlock(std::string(4065, 'x')).size(), 4081u);
    EXPECT_EQ(TitleIn(IcyBlock(std::string(9000, 'x'))), std::string(4065, 'x'));
    for (const std::string character : {"ö", "€", "😀"}) {
        std::string text;
        while (text.size() < 5000) text += character;
        const std::string title = TitleIn(IcyBlock("x" + text));
        EXPECT_TRUE(util::IsUtf8(title));
        EXPECT_GT(title.size(), 4065 - character.size());
    }
}

}  // namespace
}  // namespace aircheck::webapi

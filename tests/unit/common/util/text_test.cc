// SPDX-License-Identifier: MIT
#include "common/util/text.h"

#include <gtest/gtest.h>

#include <array>

namespace aircheck::util {
namespace {

TEST(Text, ComparesWithoutCase) {
    EXPECT_EQ(ToLower("Content-TYPE \xc3\x84"), "content-type \xc3\x84");
    EXPECT_TRUE(EqualsIgnoringCase("icy-METAINT", "Icy-MetaInt"));
    EXPECT_FALSE(EqualsIgnoringCase("icy", "icy-"));
    EXPECT_TRUE(StartsWithIgnoringCase("HTTP://x", "http:"));
    EXPECT_FALSE(StartsWithIgnoringCase("ht", "http:"));
}

TEST(Text, Trims) {
    EXPECT_EQ(Trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(Trim(" \n"), "");
    EXPECT_EQ(Trim(""), "");
}

TEST(Text, SplitsKeepingEmptyPieces) {
    EXPECT_EQ(Split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
    EXPECT_EQ(Split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Text, ParsesIntegersStrictly) {
    EXPECT_EQ(ParseInteger("0"), 0);
    EXPECT_EQ(ParseInteger("-17"), -17);
    EXPECT_EQ(ParseInteger("9223372036854775807"), 9223372036854775807LL);
    for (const auto* text : {"", " 1", "1 ", "+1", "1.0", "0x10", "9223372036854775808", "--1"}) {
        EXPECT_EQ(ParseInteger(text), std::nullopt) << text;
    }
}

TEST(Text, SuggestsWhatWasMeant) {
    constexpr std::array<std::string_view, 5> kKeys{"stream", "storage", "stations", "cascade_time",
                                                    "tap"};
    struct Case {
        std::string_view word;
        std::optional<std::string_view> nearest;
    };
    for (const auto& [word, nearest] :
         {Case{"steam", "stream"}, Case{"station", "stations"}, Case{"cascadetime", "cascade_time"},
          Case{"cacsade_time", "cascade_time"}, Case{"tpa", "tap"}, Case{"colour", std::nullopt},
          Case{"", std::nullopt}, Case{"xyz", std::nullopt}}) {
        EXPECT_EQ(Nearest(word, kKeys), nearest) << word;
    }
}

TEST(Text, KnowsUtf8) {
    for (const auto* good : {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x93\xbb",
                             "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(IsUtf8(good)) << good;
    }
    for (const auto* bad :
         {"\xe9", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "a\xe2\x82", "\xff"}) {
        EXPECT_FALSE(IsUtf8(bad)) << bad;
    }
}

TEST(Text, CleansWhatServersSend) {
    EXPECT_EQ(CleanUtf8("Beyonc\xc3\xa9"), "Beyonc\xc3\xa9");
    EXPECT_EQ(CleanUtf8("Beyonc\xe9"), "Beyonc\xc3\xa9");
    EXPECT_EQ(CleanUtf8("a\r\nSet-Cookie: b\x7f"), "a  Set-Cookie: b ");
    EXPECT_EQ(CleanUtf8("a\xc2\x85z"), "a z");
    EXPECT_EQ(CleanUtf8("a\x85z\xff"), "a z\xc3\xbf");
    EXPECT_EQ(CleanUtf8(std::string_view("a\0b", 3)), "a b");
}

}  // namespace
}  // namespace aircheck::util

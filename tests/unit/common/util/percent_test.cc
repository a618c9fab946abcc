// SPDX-License-Identifier: MIT
#include "common/util/percent.h"

#include <gtest/gtest.h>

namespace aircheck::util {
namespace {

TEST(PercentEncode, KeepsWhatIsUnreservedOrNamed) {
    EXPECT_EQ(PercentEncode("aZ09-._~ /+é%"), "aZ09-._~%20%2F%2B%C3%A9%25");
    EXPECT_EQ(PercentEncode("a/b,c", "/"), "a/b%2Cc");
}

TEST(PercentDecode, UndoesIt) {
    std::string all;
    for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
    EXPECT_EQ(PercentDecode(PercentEncode(all)), all);
    EXPECT_EQ(PercentDecode("%c3%A9+"), "é+");
    EXPECT_EQ(PercentDecode(""), "");
}

TEST(PercentDecode, RefusesBrokenEscapes) {
    for (const char* bad : {"%", "%4", "a%zz", "%4g", "100% "})
        EXPECT_FALSE(PercentDecode(bad)) << bad;
}

}  // namespace
}  // namespace aircheck::util

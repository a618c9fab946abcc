// SPDX-License-Identifier: MIT
#include "supervisor/cli/missed.h"

#include <gtest/gtest.h>

namespace aircheck::cli {
namespace {

std::string Message(int n, int by = 100) {
    return R"({"v":1,"n":)" + std::to_string(n) + R"(,"by":)" + std::to_string(by) + "}";
}

TEST(MissedMessages, CountsGapsOfEachTopic) {
    MissedMessages missed;
    EXPECT_EQ(missed.Take("a", Message(5)), 0u) << "what was before is nobody's loss";
    EXPECT_EQ(missed.Take("a", Message(6)), 0u);
    EXPECT_EQ(missed.Take("b", Message(1)), 0u);
    EXPECT_EQ(missed.Take("a", Message(10)), 3u);
    EXPECT_EQ(missed.Take("b", Message(3)), 1u);
    EXPECT_EQ(missed.total(), 4u);
}

TEST(MissedMessages, ARepetitionIsNoGapNorIsANewCount) {
    MissedMessages missed;
    for (const auto& message :
         {Message(5), Message(5), Message(1), Message(2), Message(40, 101), Message(41, 101)})
        EXPECT_EQ(missed.Take("a", message), 0u) << message;
    EXPECT_EQ(missed.total(), 0u);
}

TEST(MissedMessages, TakesAnything) {
    MissedMessages missed;
    for (const char* text : {"", "[]", "{}", "{", R"({"n":-1})", R"({"n":"2"})", R"({"n":1.5})",
                             R"({"n":1,"by":null})", R"({"n":9,"by":[]})"})
        EXPECT_LE(missed.Take("a", text), 8u) << text;
}

}  // namespace
}  // namespace aircheck::cli

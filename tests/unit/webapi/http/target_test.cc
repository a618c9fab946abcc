// SPDX-License-Identifier: MIT
#include "webapi/http/target.h"

#include <gtest/gtest.h>

namespace aircheck::webapi {
namespace {

Target Good(std::string_view raw) {
    auto parsed = ParseTarget(raw);
    EXPECT_TRUE(std::holds_alternative<Target>(parsed)) << raw;
    return std::holds_alternative<Target>(parsed) ? std::get<Target>(parsed) : Target{};
}

TEST(Target, TakesPathsApart) {
    using Segments = std::vector<std::string>;
    EXPECT_EQ(Good("/").segments, Segments{});
    EXPECT_EQ(Good("/help").segments, Segments{"help"});
    EXPECT_EQ(Good("/help/").segments, Segments{"help"});
    EXPECT_EQ(Good("/kpcc/at/mon%202pm/1hr").segments, (Segments{"kpcc", "at", "mon 2pm", "1hr"}));
    EXPECT_EQ(Good("/a//b").segments, (Segments{"a", "", "b"}));
    EXPECT_EQ(Good("/a+b").segments, Segments{"a+b"});
    EXPECT_EQ(Good("http://radio.example:5000/help?x").segments, Segments{"help"});
    EXPECT_EQ(Good("HTTP://radio.example").segments, Segments{});
    EXPECT_EQ(Good("/%C3%A9").segments, Segments{"\xc3\xa9"});
}

TEST(Target, ReadsTheQuery) {
    using Query = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(Good("/x?info").query, (Query{{"info", ""}}));
    EXPECT_EQ(Good("/x?a=1&&b=%20").query, (Query{{"a", "1"}, {"b", " "}}));
    EXPECT_EQ(Good("/x?").query, Query{});
}

TEST(Target, RefusesWhatCouldMeanSomethingToAFileSystem) {
    for (const char* raw :
         {"",       "help",   "*",     "/../etc/passwd", "/a/./b",    "/a/..",    "/%2e%2e/x",
          "/a%2fb", "/a%5cb", "/a\\b", "/%00",           "/a%0d%0ab", "/%",       "/%4",
          "/%zz",   "/\xff",  "/%ff",  "/%c0%af",        "/x?%",      "/x?a=%00", "http:/x"}) {
        EXPECT_TRUE(std::holds_alternative<TargetError>(ParseTarget(raw))) << raw;
    }
    const std::string overlong = "/" + std::string(kMaxTargetBytes, 'a');
    EXPECT_TRUE(std::holds_alternative<TargetError>(ParseTarget(overlong)));
}

TEST(Target, EncodesASegmentAsItIsRead) {
    EXPECT_EQ(EncodeSegment("mon,wed 2:30pm/100%"), "mon,wed%202:30pm%2F100%25");
    const std::string text = "Große Show, 100% + mehr?";
    EXPECT_EQ(Good("/" + EncodeSegment(text)).segments, (std::vector{text}));
}

}  // namespace
}  // namespace aircheck::webapi

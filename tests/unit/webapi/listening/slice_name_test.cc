// SPDX-License-Identifier: MIT
#include "webapi/listening/slice_name.h"

#include <gtest/gtest.h>

#include "tests/unit/webapi/fake_recording.h"

namespace aircheck::webapi {
namespace {

TEST(SliceName, CallsignAndExtensionMayBeMissing) {
    const SliceName hour{"202611202030", "60"};
    for (const char* text :
         {"kpcc-202611202030_60.mp3", "202611202030_60.mp3", "202611202030_60",
          "kpcc-202611202030_60", "KPCC-202611202030_60.AAC", "202611202030_60.ogg"}) {
        EXPECT_EQ(ParseSliceName(text, "kpcc"), hour) << text;
    }
    EXPECT_EQ(ParseSliceName("20261120203000Z_1hr30.mp3", "kpcc"),
              (SliceName{"20261120203000Z", "1hr30"}));
    for (const char* text : {"", "_", "x_", "_x", "202611202030", ".mp3"}) {
        EXPECT_EQ(ParseSliceName(text, "kpcc"), std::nullopt) << text;
    }
}

TEST(SliceName, FormatsWhatItParses) {
    const auto zone = time::Zone::Find("America/Los_Angeles");
    ASSERT_TRUE(zone);
    EXPECT_EQ(FormatSliceName("kpcc", *zone, At("20261120T203000Z"), At("20261120T204500Z"), "mp3"),
              "kpcc-20261120123000_15.mp3");
    EXPECT_EQ(FormatSliceName("kpcc", *zone, At("20261120T203000Z"),
                              At("20261120T203010Z") + time::Micros{1}, "aac"),
              "kpcc-20261120123000_11s.aac");
    // 01:30 comes twice on that morning; the second one can only be said in UTC.
    EXPECT_EQ(FormatSliceName("kpcc", *zone, At("20261101T093000Z"), At("20261101T093100Z"), "mp3"),
              "kpcc-20261101093000Z_1.mp3");
}

TEST(SliceName, QuotesDownloadNames) {
    EXPECT_EQ(WithExtension("show.mp3", "aac"), "show.aac");
    EXPECT_EQ(WithExtension("show 1.5", "mp3"), "show 1.5.mp3");
    EXPECT_EQ(AttachmentHeader("show.mp3"), "attachment; filename=\"show.mp3\"");
    EXPECT_EQ(AttachmentHeader("a\"b\r\n.mp3"),
              "attachment; filename=\"a_b__.mp3\"; filename*=UTF-8''a%22b%0D%0A.mp3");
}

}  // namespace
}  // namespace aircheck::webapi

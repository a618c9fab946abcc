// SPDX-License-Identifier: MIT
#include "common/util/units.h"

#include <gtest/gtest.h>

namespace aircheck::util {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

TEST(Units, ParsesDurations) {
    struct Case {
        const char* text;
        milliseconds value;
    };
    for (const auto& [text, value] :
         {Case{"90s", 90s}, Case{"15m", 15min}, Case{"2h", 2h}, Case{"1.2d", 103680s},
          Case{"2w", 336h}, Case{"1y", 8760h}, Case{"0.5d", 12h}, Case{"0s", 0s},
          Case{"0.001s", 1ms}, Case{"007s", 7s}}) {
        EXPECT_EQ(ParseDuration(text), value) << text;
    }
}

TEST(Units, RefusesWhatIsNoDuration) {
    for (const auto* text : {"",
                             "90",
                             "s",
                             ".5s",
                             "5.s",
                             "1.2.3s",
                             "-5s",
                             "+5s",
                             "5 s",
                             " 5s",
                             "5s ",
                             "5S",
                             "5sec",
                             "5ms",
                             "nans",
                             "infs",
                             "1e3s",
                             "0x5s",
                             "1,5h",
                             "9999999999999y",
                             "99999999999999999999999999999999999999s",
                             "\xc2\xb5s"}) {
        EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
    }
}

TEST(Units, FormatsDurationsForReadingBack) {
    struct Case {
        milliseconds value;
        const char* text;
    };
    for (const auto& [value, text] :
         {Case{0ms, "0s"}, Case{90s, "90s"}, Case{15min, "15m"}, Case{103680s, "1.2d"},
          Case{8760h, "1y"}, Case{336h, "2w"}, Case{1500ms, "1.5s"}, Case{12h, "12h"},
          Case{123457ms, "123.457s"}}) {
        EXPECT_EQ(FormatDuration(value), text);
        EXPECT_EQ(ParseDuration(text), value) << text;
    }
}

TEST(Units, FormatsUptime) {
    EXPECT_EQ(FormatUptime(3723s), "0d 01:02:03");
    EXPECT_EQ(FormatUptime(0s), "0d 00:00:00");
    EXPECT_EQ(FormatUptime(86400s * 400 + 86399s), "400d 23:59:59");
    EXPECT_EQ(FormatUptime(-5s), "0d 00:00:00");
}

TEST(Units, ParsesSizes) {
    struct Case {
        const char* text;
        std::uint64_t value;
    };
    for (const auto& [text, value] :
         {Case{"0", 0}, Case{"1000", 1000}, Case{"1K", 1024}, Case{"500M", 524288000},
          Case{"20G", 21474836480}, Case{"1.5T", 1649267441664}}) {
        EXPECT_EQ(ParseSize(text), value) << text;
    }
    for (const auto* text : {"", "G", "-1G", "1GB", "1g", "1 G", "1.G", "nan", "inf", "1e9",
                             "99999999T", "9223372036854775808", "18446744073709551616"}) {
        EXPECT_EQ(ParseSize(text), std::nullopt) << text;
    }
}

TEST(Units, FormatsSizes) {
    EXPECT_EQ(FormatSize(0), "0 B");
    EXPECT_EQ(FormatSize(999), "999 B");
    EXPECT_EQ(FormatSize(1000), "0.977 KiB");
    EXPECT_EQ(FormatSize(1536), "1.5 KiB");
    EXPECT_EQ(FormatSize(std::uint64_t{3} << 29), "1.5 GiB");
    EXPECT_EQ(FormatSize(UINT64_MAX), "16 EiB");
}

}  // namespace
}  // namespace aircheck::util

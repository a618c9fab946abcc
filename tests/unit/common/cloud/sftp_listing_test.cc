// SPDX-License-Identifier: MIT
#include "common/cloud/sftp_listing.h"

#include <gtest/gtest.h>

#include <chrono>

namespace aircheck::cloud {
namespace {

using namespace std::chrono_literals;
using Kind = SftpEntry::Kind;

time::SysTime At(int year, unsigned month, unsigned day, std::chrono::minutes time = 0min) {
    return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) /
                                 static_cast<int>(day)} +
           time;
}

const time::SysTime kNow = At(2026, 11, 30, 12h);

TEST(SftpEntry, ReadsWhatServersWrite) {
    EXPECT_EQ(ParseSftpEntry("-rw-r--r--    1 root     root        12345 Nov 30 06:21 a.mp3", kNow),
              (SftpEntry{Kind::kFile, "a.mp3", 12345, At(2026, 11, 30, 6h + 21min)}));
    EXPECT_EQ(ParseSftpEntry("drwxr-xr-x 2 0 0 4096 Jan  5  2025 sub dir", kNow),
              (SftpEntry{Kind::kFolder, "sub dir", 4096, At(2025, 1, 5)}));
    EXPECT_EQ(ParseSftpEntry("lrwxrwxrwx 1 u g 4 Nov 30 06:21 link -> there", kNow)->kind,
              Kind::kOther);
    EXPECT_EQ(ParseSftpEntry("-rw-r--r--+ 1 u g 99999999999 Nov 30 06:21  two", kNow)->name,
              " two");
}

TEST(SftpEntry, TakesTheLatestYearThatIsNotToCome) {
    const auto date = [](const char* text) {
        return ParseSftpEntry(std::string("-rw-r--r-- 1 u g 1 ") + text + " a", kNow)->modified;
    };
    EXPECT_EQ(date("Nov 30 06:21"), At(2026, 11, 30, 6h + 21min));
    // The server's zone may be ahead.
    EXPECT_EQ(date("Dec  1 02:00"), At(2026, 12, 1, 2h));
    EXPECT_EQ(date("Dec 24 20:00"), At(2025, 12, 24, 20h));
}

TEST(SftpEntry, RefusesTheRest) {
    for (const char* line :
         {"", "total 12", "-rw-r--r--", "-rw-r--r-- 1 u g x Nov 30 06:21 a",
          "-rw-r--r-- 1 u g -5 Nov 30 06:21 a", "-rw-r--r-- 1 u g 1 Nox 30 06:21 a",
          "-rw-r--r-- 1 u g 1 Nov 32 06:21 a", "-rw-r--r-- 1 u g 1 Nov 30 25:21 a",
          "-rw-r--r-- 1 u g 1 Nov 30 06:21", "-rw-r--r-- 1 u g 1 Nov 30 06:21 ",
          "-rw-r--r-- 1 u g 1 Nov 30 06:21 a/b", "short 1 u g 1 Nov 30 06:21 a"})
        EXPECT_FALSE(ParseSftpEntry(line, kNow)) << line;
}

}  // namespace
}  // namespace aircheck::cloud

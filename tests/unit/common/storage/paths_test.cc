// SPDX-License-Identifier: MIT
#include "common/storage/paths.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>

namespace aircheck::storage {
namespace {

using namespace std::chrono_literals;

const time::SysTime kStart = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 20h + 30min;

TEST(Callsign, AcceptsWhatMayNameAStation) {
    for (const char* good : {"kpcc", "k", "0", "4zzz", "wxyz-hd2", "a-", "a--b", "mondays", "lives",
                             "dlf-nova", "db2", "at40"})
        EXPECT_TRUE(IsCallsign(good)) << good;
    EXPECT_TRUE(IsCallsign(std::string(64, 'a')));
}

TEST(Callsign, RefusesTheRest) {
    for (const char* bad : {"", "-kpcc", "KPCC", "kp cc", "kp_cc", "kp.cc", "kp/cc", "..",
                            "k\xc3\xa9", "kpcc\n", "%6b"})
        EXPECT_FALSE(IsCallsign(bad)) << bad;
    EXPECT_FALSE(IsCallsign(std::string(65, 'a')));
    EXPECT_FALSE(IsCallsign(std::string_view("kp\0c", 4)));
}

TEST(Callsign, RefusesWordsThatBeginAPath) {
    for (const char* word :
         {"slices",  "at",      "live",     "stats",     "heartbeat", "help",    "uuid",
          "dolist",  "silent",  "robots",   "restart",   "halt",      "prune",   "reindex",
          "rename",  "upgrade", "db",       "titles",    "coverage",  "metrics", "openapi",
          "events",  "icon",    "feeds",    "assets",    "favicon",   "run",     "backups",
          "catalog", "mon",     "tue",      "wed",       "thu",       "fri",     "sat",
          "sun",     "monday",  "tuesday",  "wednesday", "thursday",  "friday",  "saturday",
          "sunday",  "today",   "yesterday"}) {
        EXPECT_TRUE(IsReservedWord(word)) << word;
        EXPECT_FALSE(IsCallsign(word)) << word;
    }
    EXPECT_FALSE(IsReservedWord("kpcc"));
    EXPECT_FALSE(IsReservedWord(""));
}

TEST(SegmentName, Formats) {
    const SegmentName name{"kpcc", kStart, "3f9a2c1d7e05", audio::Codec::kMpeg, false};
    EXPECT_EQ(FormatSegmentName(name), "kpcc-20261120T203000Z-3f9a2c1d7e05.mp3");
    SegmentName open = name;
    open.open = true;
    open.codec = audio::Codec::kAdts;
    EXPECT_EQ(FormatSegmentName(open), "kpcc-20261120T203000Z-3f9a2c1d7e05.aac.part");
    EXPECT_EQ(Layout::RelativeSegmentPath(name),
              "kpcc/streams/kpcc-20261120T203000Z-3f9a2c1d7e05.mp3");
}

TEST(SegmentName, RoundTrips) {
    for (const char* station : {"kpcc", "wxyz-hd2", "a-20261120-3f9a2c1d7e05", "0-"}) {
        for (const auto codec : {audio::Codec::kMpeg, audio::Codec::kAdts}) {
            for (const bool open : {false, true}) {
                const SegmentName name{station, kStart, "000000c0ffee", codec, open};
                EXPECT_EQ(ParseSegmentName(FormatSegmentName(name)), name) << station;
            }
        }
    }
}

TEST(SegmentName, LosesOnlyFractionsOfASecond) {
    const SegmentName name{"kpcc", kStart + 999ms, "3f9a2c1d7e05", audio::Codec::kMpeg, false};
    EXPECT_EQ(ParseSegmentName(FormatSegmentName(name))->start, kStart);
}

TEST(SegmentName, RefusesOtherFiles) {
    for (const char* bad : {
             "",
             ".",
             "..",
             ".part",
             ".mp3",
             "kpcc.mp3",
             "kpcc-20261120T203000Z.mp3",
             "kpcc-20261120T203000Z-3f9a2c1d7e05",
             "kpcc-20261120T203000Z-3f9a2c1d7e05.",
             "kpcc-20261120T203000Z-3f9a2c1d7e05.part",
             "kpcc-20261120T203000Z-3f9a2c1d7e05.wav",
             "kpcc-20261120T203000Z-3f9a2c1d7e05.MP3",
             "kpcc-20261120T203000Z-3f9a2c1d7e05.mp3.part.part",
             "kpcc-20261120T203000Z-3f9a2c1d7e05.mp3~",
             "kpcc-20261120T203000Z-3f9a2c1d7e05.mp3 ",
             "kpcc-20261120T203000Z-3F9A2C1D.mp3",
             "kpcc-20261120T203000Z-3f9a2c1d7e0.mp3",
             "kpcc-20261120T203000Z-3f9a2c1d7e0g.mp3",
             "kpcc-20261120T203000-3f9a2c1d7e05.mp3",
             "kpcc-20261120t203000z-3f9a2c1d7e05.mp3",
             "kpcc-20261320T203000Z-3f9a2c1d7e05.mp3",
             "kpcc-20261120T253000Z-3f9a2c1d7e05.mp3",
             "kpcc20261120T203000Z-3f9a2c1d7e05.mp3",
             "-20261120T203000Z-3f9a2c1d7e05.mp3",
             "20261120T203000Z-3f9a2c1d7e05.mp3",
             "KPCC-20261120T203000Z-3f9a2c1d7e05.mp3",
             "live-20261120T203000Z-3f9a2c1d7e05.mp3",
             "../kpcc-20261120T203000Z-3f9a2c1d7e05.mp3",
             "a/b-20261120T203000Z-3f9a2c1d7e05.mp3",
         })
        EXPECT_FALSE(ParseSegmentName(bad)) << bad;
    const std::string nul("kpcc-20261120T203000Z-3f9a2c1d7e05.mp3\0.mp3", 43);
    EXPECT_FALSE(ParseSegmentName(nul));
}

TEST(Layout, PutsThingsBelowTheStorageFolder) {
    const Layout layout("/srv/radio");
    EXPECT_EQ(layout.Catalog(), "/srv/radio/catalog.db");
    EXPECT_EQ(layout.PidFile("supervisor"), "/srv/radio/run/supervisor.pid");
    EXPECT_EQ(layout.Streams("kpcc"), "/srv/radio/kpcc/streams");
    EXPECT_EQ(layout.Resolve("kpcc/streams/a.mp3"), "/srv/radio/kpcc/streams/a.mp3");
    EXPECT_EQ(layout.Resolve("a..b/..c"), "/srv/radio/a..b/..c");
}

TEST(Layout, RefusesPathsThatLeaveTheStorageFolder) {
    const Layout layout("/srv/radio");
    for (const char* bad : {"", "/etc/passwd", "/", "//x", "..", "../x", "a/..", "a/../b", "./.."})
        EXPECT_THROW(layout.Resolve(bad), std::invalid_argument) << bad;
    EXPECT_THROW(layout.Resolve(std::string_view("a\0b", 3)), std::invalid_argument);
}

class LayoutOnDisk : public ::testing::Test {
protected:
    LayoutOnDisk() {
        std::string name = ::testing::TempDir() + "aircheck-paths-XXXXXX";
        folder_ = ::mkdtemp(name.data());
    }
    ~LayoutOnDisk() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_;
};

TEST_F(LayoutOnDisk, MakesFolders) {
    const Layout layout(folder_ / "deep" / "radio");
    layout.Create();
    layout.Create();
    layout.CreateStation("kpcc");
    layout.CreateStation("kpcc");
    EXPECT_TRUE(std::filesystem::is_directory(layout.Streams("kpcc")));
    struct stat run {};
    ASSERT_EQ(::stat(layout.Run().c_str(), &run), 0);
    EXPECT_EQ(run.st_mode & 0777, 0700U);
}

TEST_F(LayoutOnDisk, NamesTheFolderThatCannotBeMade) {
    const Layout layout("/proc/aircheck");
    try {
        layout.Create();
        FAIL() << "made a folder in /proc";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find("/proc/aircheck"), std::string::npos);
    }
}

TEST(TakeId, IsTwelveHexadecimalDigitsAndNew) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string id = NewTakeId();
        EXPECT_EQ(id.size(), 12U);
        EXPECT_TRUE(std::ranges::all_of(
            id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }));
        seen.insert(id);
    }
    EXPECT_GT(seen.size(), 95U);
}

}  // namespace
}  // namespace aircheck::storage

// SPDX-License-Identifier: MIT
#include "common/storage/origin.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/unit/support/temp_folder.h"

namespace aircheck::storage {
namespace {

TEST(Origin, IsMadeOnceAndStays) {
    const test::TempFolder folder;
    const Layout layout(folder.path());
    const std::string origin = Origin(layout);
    EXPECT_TRUE(IsOrigin(origin)) << origin;
    EXPECT_EQ(Origin(layout), origin);
    const test::TempFolder other;
    EXPECT_NE(Origin(Layout(other.path())), origin);
}

TEST(Origin, IsNotMadeUpAnewWhereTheFileIsBroken) {
    const test::TempFolder folder;
    const Layout layout(folder.path());
    for (const char* text : {"", "5f3c", "5F3C00112233", "5f3c00112233a", "../../etc/pass"}) {
        std::ofstream(layout.OriginFile()) << text;
        EXPECT_THROW(Origin(layout), std::runtime_error) << text;
    }
    std::ofstream(layout.OriginFile()) << "5f3c00112233\r\n";
    EXPECT_EQ(Origin(layout), "5f3c00112233");
}

TEST(Origin, SaysWhereItCannotBeKept) {
    EXPECT_THROW(Origin(Layout("/nowhere/at/all")), std::runtime_error);
}

TEST(ObjectKey, SaysWhichSegmentItIs) {
    const std::string path = "kpcc/streams/kpcc-20261120T203000Z-3f9a2c1d7e05.mp3";
    const std::string key = ObjectKey("5f3c00112233", path);
    EXPECT_EQ(key, "5f3c00112233/" + path);
    const auto name = ParseObjectKey("5f3c00112233", key);
    ASSERT_TRUE(name);
    EXPECT_EQ(Layout::RelativeSegmentPath(*name), path);
    EXPECT_FALSE(ParseObjectKey("000000000000", key));
    const std::vector<std::string> others = {
        path,
        "5f3c00112233/wxyz/streams/kpcc-20261120T203000Z-3f9a2c1d7e05.mp3",
        key + ".part",
        "5f3c00112233/backups/catalog-20261120T203000Z.sql.gz",
        "",
        "5f3c00112233/",
        "5f3c00112233/x/../" + path,
        "/" + key,
    };
    for (const std::string& other : others)
        EXPECT_FALSE(ParseObjectKey("5f3c00112233", other)) << other;
}

}  // namespace
}  // namespace aircheck::storage

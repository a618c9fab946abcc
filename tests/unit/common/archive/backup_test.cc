// SPDX-License-Identifier: MIT
#include "common/archive/backup.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <set>
#include <string>

#include "tests/unit/support/temp_folder.h"

namespace aircheck::archive {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST(SweepBackups, TakesOnlyWhatWasBegunLongAgoAndNeverFinished) {
    const test::TempFolder folder;
    const storage::Layout layout(folder.path());
    EXPECT_NO_THROW(SweepBackups(layout));
    fs::create_directories(layout.Backups());
    const std::set<std::string> staying{
        "catalog-20261120T203000Z.sql.gz", "catalog-20261120T203001Z.sql.gz.part-2",
        "catalog-20261120T203002Z.sql.gz.part-3.mine", "mine.part-4"};
    std::set<std::string> names = staying;
    names.insert("catalog-20261120T203000Z.sql.gz.part-1");
    for (const auto& name : names) {
        std::ofstream(layout.Backups() / name) << "text";
        const bool young = name.ends_with("part-2");
        fs::last_write_time(layout.Backups() / name,
                            fs::file_time_type::clock::now() - (young ? 50min : 70min));
    }
    SweepBackups(layout);
    std::set<std::string> left;
    for (const auto& entry : fs::directory_iterator(layout.Backups()))
        left.insert(entry.path().filename().string());
    EXPECT_EQ(left, staying);
}

}  // namespace
}  // namespace aircheck::archive

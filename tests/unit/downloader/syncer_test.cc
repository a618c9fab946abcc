// SPDX-License-Identifier: MIT
#include "downloader/syncer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "tests/unit/support/temp_folder.h"

namespace aircheck::downloader {
namespace {

class SyncerTest : public testing::Test {
protected:
    std::vector<std::filesystem::path> Files(int count) {
        std::vector<std::filesystem::path> files;
        for (int i = 0; i < count; ++i) {
            files.push_back(folder_.path() / std::to_string(i));
            std::ofstream(files.back()) << "sound";
        }
        return files;
    }

    /// Whether it is taken before long.
    static bool Taken(Syncer& syncer, const std::vector<std::filesystem::path>& files) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (!syncer.Sync(files)) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::yield();
        }
        return true;
    }

    aircheck::test::TempFolder folder_;
};

TEST_F(SyncerTest, IsFreeAgainWhenItHasSyncedFewOrMany) {
    Syncer syncer;
    EXPECT_TRUE(syncer.Sync(Files(3)));
    EXPECT_TRUE(Taken(syncer, Files(100)));
    EXPECT_TRUE(Taken(syncer, {}));
}

TEST_F(SyncerTest, LeavesOutWhatHasGone) {
    Syncer syncer;
    EXPECT_TRUE(syncer.Sync({folder_.path() / "gone"}));
    EXPECT_TRUE(Taken(syncer, Files(1)));
}

}  // namespace
}  // namespace aircheck::downloader

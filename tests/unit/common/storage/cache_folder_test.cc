// SPDX-License-Identifier: MIT
#include "common/storage/cache_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <chrono>
#include <fstream>
#include <string>

#include "common/util/unique_fd.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::storage {
namespace {

constexpr std::uint64_t kKiB = 1024;

class CacheFolder : public ::testing::Test {
protected:
    /// Of 64 KiB, used so many seconds ago.
    std::filesystem::path Add(const std::string& name, int seconds_ago) {
        const auto path = folder_.path() / name;
        std::ofstream(path) << std::string(64 * kKiB, 'x');
        std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() -
                                                   std::chrono::seconds{seconds_ago});
        return path;
    }

    test::TempFolder folder_;
};

TEST_F(CacheFolder, LosesTheLeastRecentlyUsedFirst) {
    const auto old = Add("old", 300);
    const auto older = Add("older", 400);
    const auto young = Add("young", 10);
    EXPECT_EQ(ShrinkCache(folder_.path(), 192 * kKiB), 192 * kKiB);
    EXPECT_TRUE(std::filesystem::exists(older));
    EXPECT_EQ(ShrinkCache(folder_.path(), 191 * kKiB), 128 * kKiB);
    EXPECT_FALSE(std::filesystem::exists(older));
    EXPECT_TRUE(std::filesystem::exists(old));
    EXPECT_EQ(ShrinkCache(folder_.path(), 64 * kKiB), 64 * kKiB);
    EXPECT_FALSE(std::filesystem::exists(old));
    EXPECT_TRUE(std::filesystem::exists(young));
    EXPECT_EQ(ShrinkCache(folder_.path(), 0), 0U);
}

TEST_F(CacheFolder, KeepsWhatSomebodyReads) {
    const auto read = Add("read", 400);
    Add("other", 10);
    util::UniqueFd reader(::open(read.c_str(), O_RDONLY));
    ASSERT_EQ(::flock(reader.get(), LOCK_SH), 0);
    EXPECT_EQ(ShrinkCache(folder_.path(), 0), 64 * kKiB);
    EXPECT_TRUE(std::filesystem::exists(read));
    reader.Close();
    EXPECT_EQ(ShrinkCache(folder_.path(), 0), 0U);
}

TEST_F(CacheFolder, CountsWhatTakesPlaceOnTheDisk) {
    const auto sparse = folder_.path() / "sparse";
    std::ofstream(sparse).put('x');
    std::filesystem::resize_file(sparse, std::uint64_t{1} << 30);
    EXPECT_LE(ShrinkCache(folder_.path(), 64 * kKiB), 64 * kKiB);
    EXPECT_TRUE(std::filesystem::exists(sparse));
}

TEST_F(CacheFolder, NeedNotBeThere) {
    EXPECT_EQ(ShrinkCache(folder_.path() / "none", 0), 0U);
}

}  // namespace
}  // namespace aircheck::storage

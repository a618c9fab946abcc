// SPDX-License-Identifier: MIT
#include "webapi/cloud/cache_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <string>
#include <vector>

#include "tests/unit/support/temp_folder.h"
#include "webapi/cloud/cache_room.h"

namespace aircheck::webapi {
namespace {

constexpr std::uint64_t kBlock = CacheFile::kBlockBytes;
constexpr std::uint64_t kBytes = 20 * kBlock + 1000;

std::vector<std::byte> Sound(std::size_t block, std::size_t size = kBlock) {
    std::vector<std::byte> bytes(size);
    std::mt19937 random(static_cast<unsigned>(block));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
}

class CacheFileTest : public ::testing::Test {
protected:
    CacheFile Open(std::uint64_t bytes = kBytes) const { return CacheFile(path_, bytes); }

    bool Holds(const CacheFile& file, std::size_t block) {
        const bool holds = file.Holds(block, buffer_);
        if (holds) {
            const auto size = file.BlockSize(block);
            EXPECT_EQ(std::vector<std::byte>(buffer_.begin(), buffer_.begin() + size),
                      Sound(block, size));
        }
        return holds;
    }

    test::TempFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "cache" / "file";
    std::vector<std::byte> buffer_ = std::vector<std::byte>(kBlock);
};

TEST_F(CacheFileTest, HoldsWhatWasWritten) {
    CacheFile file = Open();
    EXPECT_EQ(file.blocks(), 21U);
    EXPECT_EQ(file.BlockSize(20), 1000U);
    for (std::size_t block = 0; block < file.blocks(); ++block) EXPECT_FALSE(Holds(file, block));
    file.Write(3, Sound(3));
    file.Write(20, Sound(20, 1000));
    const CacheFile again = Open();
    for (std::size_t block = 0; block < file.blocks(); ++block) {
        EXPECT_EQ(Holds(file, block), block == 3 || block == 20);
        EXPECT_EQ(Holds(again, block), block == 3 || block == 20);
    }
}

TEST_F(CacheFileTest, HasTheSoundWhereTheSegmentHasIt) {
    CacheFile file = Open();
    file.Write(3, Sound(3));
    std::vector<std::byte> read(kBlock);
    ASSERT_EQ(::pread(file.fd(), read.data(), kBlock, 3 * kBlock), static_cast<ssize_t>(kBlock));
    EXPECT_EQ(read, Sound(3));
}

TEST_F(CacheFileTest, NeverTakesAHoleForSound) {
    CacheFile file = Open();
    file.Write(3, Sound(3));
    file.Write(4, Sound(4));
    // As after a power failure that the table survived, but not all of the data.
    ASSERT_EQ(
        ::fallocate(file.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 3 * kBlock, kBlock / 2),
        0);
    const CacheFile again = Open();
    EXPECT_FALSE(Holds(again, 3));
    EXPECT_TRUE(Holds(again, 4));
    file.Write(3, Sound(3));
    EXPECT_TRUE(Holds(again, 3));
    // Data without its hash, as after a kill between the two.
    const auto data = Sound(5);
    ASSERT_GT(::pwrite(file.fd(), data.data(), data.size(), 5 * kBlock), 0);
    EXPECT_FALSE(Holds(file, 5));
}

TEST_F(CacheFileTest, IsMadeAnewIfItIsBrokenOrAnother) {
    Open().Write(3, Sound(3));
    EXPECT_FALSE(Holds(Open(kBytes + 1), 3));
    Open(kBytes + 1).Write(3, Sound(3));
    EXPECT_TRUE(Holds(Open(kBytes + 1), 3));
    ASSERT_EQ(::truncate(path_.c_str(), 100), 0);
    EXPECT_FALSE(Holds(Open(), 3));
    Open().Write(3, Sound(3));
    std::filesystem::remove_all(path_.parent_path());
    EXPECT_FALSE(Holds(Open(), 3));
}

TEST_F(CacheFileTest, StaysReadableWhenItIsRemoved) {
    CacheFile file = Open();
    file.Write(3, Sound(3));
    std::filesystem::remove_all(path_.parent_path());
    EXPECT_TRUE(Holds(file, 3));
    file.Write(4, Sound(4));
    EXPECT_TRUE(Holds(file, 4));
}

/// Writes all blocks of the file again and again.
[[noreturn]] void WriteForever(const std::filesystem::path& path) {
    for (;;) {
        CacheFile file(path, kBytes);
        for (std::size_t block = 0; block < file.blocks(); ++block)
            file.Write(block, Sound(block, file.BlockSize(block)));
        std::filesystem::remove(path);
    }
}

TEST_F(CacheFileTest, IsSharedByProcessesThatAreKilledAtAnyInstant) {
    std::mt19937 random(7);
    int held = 0;
    for (int round = 0; round < 30; ++round) {
        std::vector<pid_t> writers;
        for (int i = 0; i < 3; ++i) {
            writers.push_back(::fork());
            ASSERT_GE(writers.back(), 0);
            if (writers.back() == 0) WriteForever(path_);
        }
        ::usleep(static_cast<useconds_t>(random() % 20'000));
        for (const pid_t writer : writers) ::kill(writer, SIGKILL);
        const CacheFile file = Open();
        for (std::size_t block = 0; block < file.blocks(); ++block) held += Holds(file, block);
        for (const pid_t writer : writers) ::waitpid(writer, nullptr, 0);
    }
    EXPECT_GT(held, 0);
}

TEST(CacheRoom, KeepsTheCacheBelowItsLimit) {
    test::TempFolder folder;
    const auto cache = folder.path() / "cache";
    CacheRoom room(cache, 16 * kBlock, 0);
    std::vector<std::byte> buffer(kBlock);
    for (int i = 0; i < 40; ++i) {
        CacheFile file(cache / std::to_string(i), 4 * kBlock);
        for (std::size_t block = 0; block < 4; ++block) {
            ASSERT_TRUE(room.Take(kBlock));
            file.Write(block, Sound(block));
        }
    }
    std::uint64_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(cache)) ++files;
    EXPECT_LE(files, 4U);
    EXPECT_GE(files, 3U);
    EXPECT_TRUE(CacheFile(cache / "39", 4 * kBlock).Holds(0, buffer));
}

TEST(CacheRoom, GoesBeyondItForWhatIsBeingRead) {
    test::TempFolder folder;
    const auto cache = folder.path() / "cache";
    CacheRoom room(cache, 4 * kBlock, 0);
    std::vector<CacheFile> read;
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(room.Take(kBlock));
        read.emplace_back(cache / std::to_string(i), kBlock).Write(0, Sound(0));
    }
    std::vector<std::byte> buffer(kBlock);
    EXPECT_TRUE(CacheFile(cache / "0", kBlock).Holds(0, buffer));
    read.clear();
    ASSERT_TRUE(room.Take(kBlock));
    EXPECT_LE(room.used(), 4 * kBlock);
}

TEST(CacheRoom, LeavesTheDiskItsLastBytes) {
    test::TempFolder folder;
    CacheRoom room(folder.path() / "cache", std::uint64_t{1} << 30, std::uint64_t{1} << 60);
    EXPECT_FALSE(room.Take(kBlock));
    CacheFile(folder.path() / "cache" / "a", kBlock).Write(0, Sound(0));
    EXPECT_FALSE(room.Take(kBlock));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "cache" / "a"));
}

}  // namespace
}  // namespace aircheck::webapi

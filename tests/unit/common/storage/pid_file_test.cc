// SPDX-License-Identifier: MIT
#include "common/storage/pid_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace aircheck::storage {
namespace {

class PidFileTest : public ::testing::Test {
protected:
    PidFileTest() {
        std::string name = ::testing::TempDir() + "aircheck-pid-XXXXXX";
        folder_ = ::mkdtemp(name.data());
        path_ = folder_ / "supervisor.pid";
    }
    ~PidFileTest() override { std::filesystem::remove_all(folder_); }

    std::string Content() const {
        std::ifstream file(path_);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void Write(const std::string& text) const { std::ofstream(path_) << text; }

    std::filesystem::path folder_;
    std::filesystem::path path_;
};

TEST_F(PidFileTest, HoldsTheNameWhileItLives) {
    EXPECT_FALSE(PidFile::Find(path_));
    {
        auto first = PidFile::Acquire(path_);
        ASSERT_TRUE(std::holds_alternative<PidFile>(first));
        EXPECT_EQ(Content(), std::to_string(::getpid()) + "\n");
        EXPECT_EQ(PidFile::Find(path_)->pid, ::getpid());

        auto second = PidFile::Acquire(path_);
        ASSERT_TRUE(std::holds_alternative<PidFile::Holder>(second));
        EXPECT_EQ(std::get<PidFile::Holder>(second).pid, ::getpid());
    }
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_FALSE(PidFile::Find(path_));
    EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(PidFileTest, ReplacesAStaleFileWhoeverHasItsNumberNow) {
    Write("1\n");  // a process that lives, but holds no lock
    EXPECT_FALSE(PidFile::Find(path_));
    auto held = PidFile::Acquire(path_);
    ASSERT_TRUE(std::holds_alternative<PidFile>(held));
    EXPECT_EQ(Content(), std::to_string(::getpid()) + "\n");
}

TEST_F(PidFileTest, SurvivesNonsenseInTheFile) {
    for (const char* text : {"", "\n", "pid", "-5\n", "99999999999999999999999999999999999999"}) {
        Write(text);
        EXPECT_TRUE(std::holds_alternative<PidFile>(PidFile::Acquire(path_))) << text;
    }
}

TEST_F(PidFileTest, LeavesTheNameToItsNextOwner) {
    std::filesystem::path old = path_;
    old += ".old";
    {
        auto before = PidFile::Acquire(path_);
        ASSERT_TRUE(std::holds_alternative<PidFile>(before));
        std::filesystem::rename(path_, old);
        EXPECT_TRUE(PidFile::Find(old));  // the lock goes with the file

        auto after = PidFile::Acquire(path_);
        ASSERT_TRUE(std::holds_alternative<PidFile>(after));
        { const PidFile ended = std::get<PidFile>(std::move(before)); }
        EXPECT_TRUE(std::filesystem::exists(path_));
        EXPECT_TRUE(PidFile::Find(path_));
    }
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(PidFileTest, AProcessKilledOutrightLeavesAStaleFile) {
    int ready[2];
    ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto held = PidFile::Acquire(path_);
        if (::write(ready[1], "x", 1) != 1) ::_exit(1);
        ::pause();
        ::_exit(0);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(PidFile::Find(path_)->pid, child);
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(ready[0]);
    ::close(ready[1]);

    EXPECT_TRUE(std::filesystem::exists(path_));
    EXPECT_FALSE(PidFile::Find(path_));
    EXPECT_TRUE(std::holds_alternative<PidFile>(PidFile::Acquire(path_)));
}

TEST_F(PidFileTest, OfManyStartersOneWins) {
    for (int round = 0; round < 50; ++round) {
        Write("1\n");
        std::atomic<int> winners = 0;
        std::atomic<int> strangers = 0;
        std::vector<std::variant<PidFile, PidFile::Holder>> held;
        held.reserve(8);
        for (int i = 0; i < 8; ++i) held.emplace_back(PidFile::Holder{});
        {
            std::vector<std::jthread> starters;
            for (auto& place : held)
                starters.emplace_back([&, this] {
                    auto result = PidFile::Acquire(path_);
                    if (auto* file = std::get_if<PidFile>(&result)) {
                        ++winners;
                        place.emplace<PidFile>(std::move(*file));
                    } else if (std::get<PidFile::Holder>(result).pid != ::getpid()) {
                        ++strangers;  // the stale file's number
                    }
                });
        }
        EXPECT_EQ(winners, 1);
        EXPECT_EQ(strangers, 0);
    }
}

TEST_F(PidFileTest, NamesAFolderThatIsMissing) {
    EXPECT_THROW(PidFile::Acquire(folder_ / "none" / "x.pid"), std::system_error);
    EXPECT_FALSE(PidFile::Find(folder_ / "none" / "x.pid"));
}

}  // namespace
}  // namespace aircheck::storage

// SPDX-License-Identifier: MIT
#include "common/worker/black_box.h"

#include "common/log/log.h"
#include "common/storage/paths.h"
#include "common/util/text.h"
#include "common/worker/worker.h"
#include "tests/unit/support/temp_folder.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace aircheck::worker {
namespace {

using Slot = BlackBox::Slot;

/// Both halves in one process.
struct Pair {
    BlackBox box = BlackBox::Create();
    BlackBox worker = BlackBox::Inherit(::dup(box.fd()));
};

/// The memory as it is.
class Raw {
public:
    explicit Raw(const BlackBox& box)
        : memory_(
              ::mmap(nullptr, BlackBox::kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, box.fd(), 0)) {}
    ~Raw() { ::munmap(memory_, BlackBox::kBytes); }
    std::span<unsigned char> bytes() const {
        return {static_cast<unsigned char*>(memory_), BlackBox::kBytes};
    }

private:
    void* memory_;
};

void ExpectSane(const BlackBox::Contents& contents) {
    EXPECT_LE(contents.last_lines.size(), BlackBox::kLastLines);
    for (const auto& line : contents.last_lines) {
        EXPECT_LE(line.size(), 2 * BlackBox::kMaxLineBytes);
        EXPECT_TRUE(util::IsUtf8(line));
        EXPECT_EQ(std::string::npos, line.find('\n'));
    }
    for (const auto& station : contents.stations) EXPECT_TRUE(storage::IsCallsign(station));
}

TEST(BlackBox, KeepsTheLastLines) {
    Pair pair;
    EXPECT_EQ(BlackBox::Contents{}, pair.box.Read());
    for (int i = 1; i <= 200; ++i) pair.worker.Log("line " + std::to_string(i) + "\n");
    const auto lines = pair.box.Read().last_lines;
    ASSERT_EQ(BlackBox::kLastLines, lines.size());
    EXPECT_EQ("line 191", lines.front());
    EXPECT_EQ("line 200", lines.back());
}

TEST(BlackBox, CutsBetweenCharacters) {
    Pair pair;
    for (std::size_t before = 0; before < 4; ++before) {
        std::string line(before, 'x');
        while (line.size() <= BlackBox::kMaxLineBytes) line += "\xf0\x9f\x93\xbb";
        pair.worker.Log(line);
        const std::string kept = pair.box.Read().last_lines.back();
        EXPECT_TRUE(line.starts_with(kept));
        EXPECT_GT(kept.size() + 4, BlackBox::kMaxLineBytes);
    }
    pair.worker.Log(std::string(5000, '\x80'));
    ExpectSane(pair.box.Read());
    pair.worker.Log(std::string("two\nlines, a \xff and a \0 byte", 27));
    EXPECT_EQ("two lines, a \xc3\xbf and a   byte", pair.box.Read().last_lines.back());
}

TEST(BlackBox, TakesLinesFromManyThreads) {
    Pair pair;
    std::vector<std::thread> threads;
    for (char letter = 'a'; letter < 'e'; ++letter)
        threads.emplace_back([&, letter] {
            for (int i = 0; i < 1000; ++i) pair.worker.Log(std::string(500, letter));
        });
    for (auto& thread : threads) thread.join();
    const auto lines = pair.box.Read().last_lines;
    EXPECT_EQ(BlackBox::kLastLines, lines.size());
}

TEST(BlackBox, TellsWhoseBytesAreHandled) {
    Pair pair;
    {
        const Breadcrumb loop(pair.worker, Slot::kLoop, "kpcc");
        const Breadcrumb repair(pair.worker, Slot::kRepair, std::string_view("kqed-2 ", 6));
        EXPECT_EQ((std::vector<std::string>{"kpcc", "kqed-2"}), pair.box.Read().stations);
        {
            const Breadcrumb inner(pair.worker, Slot::kLoop, "wnyc");
            EXPECT_EQ((std::vector<std::string>{"wnyc", "kqed-2"}), pair.box.Read().stations);
        }
        EXPECT_EQ((std::vector<std::string>{"kpcc", "kqed-2"}), pair.box.Read().stations);
    }
    EXPECT_TRUE(pair.box.Read().stations.empty());
}

TEST(BlackBox, DoesNothingWithoutMemory) {
    BlackBox none = BlackBox::Inherit(-1);
    none.Log("a line");
    const Breadcrumb crumb(none, Slot::kLoop, "kpcc");
    EXPECT_EQ(BlackBox::Contents{}, none.Read());
    EXPECT_EQ(-1, none.fd());
}

TEST(BlackBox, IsOfOneSizeAndIsNotInheritedFurther) {
    Pair pair;
    EXPECT_EQ(-1, ::ftruncate(pair.box.fd(), 0));
    EXPECT_EQ(-1, ::ftruncate(pair.box.fd(), 2 * BlackBox::kBytes));
    EXPECT_EQ(FD_CLOEXEC, ::fcntl(pair.box.fd(), F_GETFD));
    EXPECT_EQ(-1, pair.worker.fd());
    EXPECT_THROW(BlackBox::Inherit(::open("/dev/null", O_RDWR)), std::runtime_error);
    EXPECT_THROW(BlackBox::Inherit(1 << 20), std::runtime_error);
}

TEST(BlackBox, ReadsWhateverBytesThereAre) {
    Pair pair;
    const Raw raw(pair.box);
    std::mt19937 random(4);
    for (int round = 0; round < 300; ++round) {
        // Now and then small numbers, so that sizes and callsigns come out possible.
        const unsigned ceiling = round % 3 == 0 ? 256 : round % 3 == 1 ? 2 : 123;
        std::ranges::generate(raw.bytes(), [&] {
            return static_cast<unsigned char>(random() % 4 == 0 ? random() % ceiling : 0);
        });
        ExpectSane(pair.box.Read());
        pair.worker.Log("still there");
        ExpectSane(pair.box.Read());
    }
    std::ranges::fill(raw.bytes(), 0xff);
    ExpectSane(pair.box.Read());
}

TEST(BlackBox, HoldsWholeLinesWhenTheWorkerIsKilled) {
    for (int round = 0; round < 100; ++round) {
        Pair pair;
        const pid_t child = ::fork();
        if (child == 0) {
            for (unsigned i = 0;; ++i) {
                const Breadcrumb crumb(pair.worker, Slot::kLoop, i % 2 ? "kpcc" : "a-longer-one");
                pair.worker.Log(std::string(100 + i % 900, static_cast<char>('a' + i % 26)));
            }
        }
        while (pair.box.Read().last_lines.empty()) ::sched_yield();
        ::usleep(static_cast<useconds_t>(round));
        for (const bool dead : {false, true}) {
            if (dead) {
                ::kill(child, SIGKILL);
                ::waitpid(child, nullptr, 0);
            }
            const auto contents = pair.box.Read();
            for (const auto& line : contents.last_lines) {
                EXPECT_GE(line.size(), 100U);
                EXPECT_EQ(line.size(),
                          static_cast<std::size_t>(std::ranges::count(line, line.front())));
            }
            for (const auto& station : contents.stations)
                EXPECT_TRUE(station == "kpcc" || station == "a-longer-one") << station;
        }
    }
}

/// The program's main in a process of its own, with a box.
class MainWithBlackBox : public testing::Test {
protected:
    MainWithBlackBox() {
        std::ofstream(folder_.path() / "a.yaml") << "storage: " << folder_.path().string()
                                                 << "\nstations: {kpcc: {stream: http://h/}}\n";
    }

    BlackBox::Contents Run(const std::function<int(Worker&)>& body, int& status) {
        const BlackBox box = BlackBox::Create();
        const pid_t child = ::fork();
        if (child == 0) {
            std::string config = (folder_.path() / "a.yaml").string();
            std::string fd = std::to_string(::dup(box.fd()));
            const std::vector<const char*> argv{"aircheck-pruner", "--config", config.c_str(),
                                                "--black-box",     fd.c_str(), nullptr};
            ::_exit(Main(5, const_cast<char**>(argv.data()), "pruner", body));
        }
        ::waitpid(child, &status, 0);
        return box.Read();
    }

    test::TempFolder folder_;
};

TEST_F(MainWithBlackBox, KeepsTheLog) {
    int status = 0;
    const auto contents = Run(
        [](Worker& worker) {
            log::info("one");
            const Breadcrumb crumb(worker.black_box(), Slot::kLoop, "kpcc");
            log::warn("two");
            std::raise(SIGKILL);
            return 0;
        },
        status);
    EXPECT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(2U, contents.last_lines.size());
    EXPECT_NE(std::string::npos, contents.last_lines[0].find("Z pruner-0 info: one"));
    EXPECT_NE(std::string::npos, contents.last_lines[1].find("Z pruner-0 warning: two"));
    EXPECT_EQ(std::vector<std::string>{"kpcc"}, contents.stations);
}

TEST_F(MainWithBlackBox, TellsOfWhatNobodyCaught) {
    int status = 0;
    const auto contents = Run(
        [](Worker&) {
            std::thread([] { throw std::runtime_error("no such luck"); }).join();
            return 0;
        },
        status);
    EXPECT_EQ(SIGABRT, WTERMSIG(status));
    ASSERT_FALSE(contents.last_lines.empty());
    EXPECT_NE(std::string::npos, contents.last_lines.back().find("no such luck"));
}

}  // namespace
}  // namespace aircheck::worker

// SPDX-License-Identifier: MIT
#include "supervisor/leftovers.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "common/storage/pid_file.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::supervisor {
namespace {

namespace fs = std::filesystem;

bool Nobody(int) {
    return false;
}

class LeftoversTest : public testing::Test {
protected:
    LeftoversTest() { layout_.Create(); }

    fs::path Make(const std::string& name) {
        std::ofstream(layout_.Run() / name) << "4711\n";
        return layout_.Run() / name;
    }

    test::TempFolder folder_;
    storage::Layout layout_{folder_.path()};
};

TEST_F(LeftoversTest, OfAnEndInOrderThereIsNothing) {
    const auto found = FindLeftovers(layout_, Nobody, Nobody);
    EXPECT_TRUE(found.workers.empty());
    EXPECT_TRUE(found.files.empty());
    EXPECT_EQ(found.generation, 0);
}

TEST_F(LeftoversTest, AWorkerLivesIfItHoldsItsPidFile) {
    const auto dead = Make("downloader-0-4711.pid");
    auto held = storage::PidFile::Acquire(layout_.PidFile("quarantine-a-b", getpid()));
    const auto found = FindLeftovers(layout_, Nobody, Nobody);
    ASSERT_EQ(found.workers.size(), 1u);
    EXPECT_EQ(found.workers[0].name, "quarantine-a-b");
    EXPECT_EQ(found.workers[0].pid, getpid());
    EXPECT_FALSE(fs::exists(dead)) << "stale";

    const auto ours = FindLeftovers(
        layout_, [](int pid) { return pid == getpid(); }, Nobody);
    EXPECT_TRUE(ours.workers.empty());
}

TEST_F(LeftoversTest, GenerationsAreToldByTheirFiles) {
    for (const char* name : {"control-2", "control-9", "tap-9", "accepted-9.yaml", "webapi-0.9",
                             "webapi-1.3", "supervisor.pid", "tap", "control-x", "control-",
                             "webapi-0.", "webapi-0", "lock", "control-99999999999"})
        Make(name);
    const auto found =
        FindLeftovers(layout_, Nobody, [](int generation) { return generation == 2; });
    EXPECT_EQ(found.generation, 9);
    EXPECT_EQ(found.controls,
              std::vector<std::string>{"ipc://" + (layout_.Run() / "control-9").string()});
    EXPECT_EQ(found.web_sockets,
              (std::vector<fs::path>{layout_.Run() / "webapi-0.9", layout_.Run() / "webapi-1.3"}));
    ClearAway(found);
    for (const char* gone : {"control-9", "tap-9", "accepted-9.yaml", "webapi-0.9", "webapi-1.3"})
        EXPECT_FALSE(fs::exists(layout_.Run() / gone)) << gone;
    for (const char* kept : {"control-2", "tap", "control-x", "webapi-0", "supervisor.pid"})
        EXPECT_TRUE(fs::exists(layout_.Run() / kept)) << kept;
}

TEST_F(LeftoversTest, SocketsOfTheDeadAnswerNothing) {
    Make("webapi-0.1");
    EXPECT_TRUE(AskForListeners(FindLeftovers(layout_, Nobody, Nobody)).empty());
}

}  // namespace
}  // namespace aircheck::supervisor

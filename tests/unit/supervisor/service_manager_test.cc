// SPDX-License-Identifier: MIT
#include "supervisor/service_manager.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>

#include "tests/unit/supervisor/notify_inbox.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::supervisor {
namespace {

using namespace std::chrono_literals;

class ServiceManagerTest : public testing::Test {
protected:
    std::unique_ptr<ServiceManager> Make(std::chrono::microseconds watchdog = 0us) {
        return std::make_unique<ServiceManager>(loop_, clock_,
                                                ServiceEnvironment{inbox_.name(), watchdog, {}});
    }

    test::TempFolder folder_;
    test::NotifyInbox inbox_{folder_.path() / "notify"};
    time::ManualClock clock_{time::SysTime(std::chrono::hours{400'000})};
    boost::asio::io_context loop_{1};
};

TEST_F(ServiceManagerTest, IsReadyOnceWhenAllWorkersAre) {
    const auto manager = Make();
    manager->Update({{"downloader-0", "webapi-0"}, 0, 2});
    EXPECT_EQ(inbox_.Take(), "STATUS=Recording 0 of 2 stations; not ready: downloader-0, webapi-0");
    manager->Update({{"webapi-0"}, 1, 2});
    EXPECT_EQ(inbox_.Take(), "STATUS=Recording 1 of 2 stations; not ready: webapi-0");
    manager->Update({{}, 2, 2});
    EXPECT_EQ(inbox_.Take(), "READY=1\nSTATUS=Recording 2 of 2 stations");
    manager->Update({{"webapi-0"}, 2, 2});
    EXPECT_EQ(inbox_.Take(), "STATUS=Recording 2 of 2 stations; not ready: webapi-0");
    manager->Update({{}, 2, 2});
    EXPECT_EQ(inbox_.Take(), "STATUS=Recording 2 of 2 stations");
}

TEST_F(ServiceManagerTest, TellsOnlyNews) {
    const auto manager = Make();
    manager->Update({{}, 1, 1});
    EXPECT_TRUE(inbox_.Take());
    manager->Update({{}, 1, 1});
    EXPECT_EQ(inbox_.Take(), std::nullopt);
}

TEST_F(ServiceManagerTest, OneWorkerThatCannotStartDoesNotHoldTheOthersUp) {
    const auto manager = Make();
    const ServiceManager::Status status{{"pruner-0"}, 1, 1};
    manager->Update(status);
    EXPECT_EQ(inbox_.Take(), "STATUS=Recording 1 of 1 stations; not ready: pruner-0");
    clock_.Advance(ServiceManager::kPatience - 1s);
    manager->Update(status);
    EXPECT_EQ(inbox_.Take(), std::nullopt);
    clock_.Advance(1s);
    manager->Update(status);
    EXPECT_EQ(inbox_.Take(), "READY=1\nSTATUS=Recording 1 of 1 stations; not ready: pruner-0");
    manager->Update(status);
    EXPECT_EQ(inbox_.Take(), std::nullopt);
}

TEST_F(ServiceManagerTest, BeingReadyIsToldAgainUntilItIsTaken) {
    const std::string path = folder_.path() / "later";
    ServiceManager manager(loop_, clock_, {path, 0us, {}});
    manager.Update({{}, 1, 1});
    test::NotifyInbox inbox(path);
    manager.Update({{}, 1, 1});
    EXPECT_EQ(inbox.Take(), "READY=1\nSTATUS=Recording 1 of 1 stations");
}

TEST_F(ServiceManagerTest, SaysNothingAfterStopping) {
    const auto manager = Make();
    manager->Stopping();
    EXPECT_EQ(inbox_.Take(), "STOPPING=1\nSTATUS=Stopping");
    manager->Update({{}, 0, 1});
    EXPECT_EQ(inbox_.Take(), std::nullopt);
}

TEST_F(ServiceManagerTest, TheLoopFeedsTheWatchdogTwiceAsOftenAsItMust) {
    const auto manager = Make(40ms);
    manager->Start();
    EXPECT_EQ(inbox_.Take(), "WATCHDOG=1");
    EXPECT_EQ(inbox_.Take(), std::nullopt);
    const auto start = std::chrono::steady_clock::now();
    for (int fed = 0; fed < 5; ++fed) {
        loop_.run_one();
        EXPECT_EQ(inbox_.Take(), "WATCHDOG=1");
    }
    EXPECT_GE(std::chrono::steady_clock::now() - start, 100ms);
    EXPECT_EQ(inbox_.Take(), std::nullopt);
}

TEST_F(ServiceManagerTest, FeedsNoWatchdogThatNobodyHas) {
    const auto manager = Make();
    manager->Start();
    EXPECT_EQ(inbox_.Take(), std::nullopt);
    EXPECT_EQ(loop_.run(), 0u);
}

}  // namespace
}  // namespace aircheck::supervisor

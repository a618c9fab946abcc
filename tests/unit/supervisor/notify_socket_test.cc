// SPDX-License-Identifier: MIT
#include "supervisor/notify_socket.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/supervisor/notify_inbox.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::supervisor {
namespace {

TEST(NotifySocket, SendsToAPath) {
    test::TempFolder folder;
    test::NotifyInbox inbox(folder.path() / "notify");
    NotifySocket socket(inbox.name());
    EXPECT_TRUE(socket);
    EXPECT_TRUE(socket.Send("READY=1\nSTATUS=here"));
    EXPECT_EQ(inbox.Take(), "READY=1\nSTATUS=here");
    EXPECT_EQ(inbox.Take(), std::nullopt);
}

TEST(NotifySocket, SendsToAnAbstractName) {
    test::NotifyInbox inbox("@aircheck-notify-test-" + std::to_string(getpid()));
    NotifySocket socket(inbox.name());
    EXPECT_TRUE(socket.Send("READY=1"));
    EXPECT_EQ(inbox.Take(), "READY=1");
}

TEST(NotifySocket, TakesPathsAsLongAsTheyCanBe) {
    const std::size_t longest = sizeof(sockaddr_un{}.sun_path) - 1;
    test::TempFolder folder;
    std::string path = folder.path() / "n";
    path.resize(longest, 'n');
    test::NotifyInbox inbox(path);
    NotifySocket socket(path);
    EXPECT_TRUE(socket.Send("READY=1"));
    EXPECT_EQ(inbox.Take(), "READY=1");
    EXPECT_FALSE(NotifySocket(path + "n"));
}

TEST(NotifySocket, NothingIsSentWhereNobodyCanListen) {
    for (const char* address : {"", "relative/path", "vsock:2:1234"}) {
        NotifySocket socket(address);
        EXPECT_FALSE(socket) << address;
        EXPECT_FALSE(socket.Send("READY=1")) << address;
    }
}

TEST(NotifySocket, FindsAListenerThatComesLater) {
    test::TempFolder folder;
    const std::string path = folder.path() / "notify";
    NotifySocket socket(path);
    EXPECT_TRUE(socket);
    EXPECT_FALSE(socket.Send("READY=1"));
    test::NotifyInbox inbox(path);
    EXPECT_TRUE(socket.Send("READY=1"));
    EXPECT_EQ(inbox.Take(), "READY=1");
}

TEST(NotifySocket, NeverWaitsForAListenerThatIsBusy) {
    test::TempFolder folder;
    test::NotifyInbox inbox(folder.path() / "notify");
    NotifySocket socket(inbox.name());
    int taken = 0;
    while (taken < 100'000 && socket.Send("WATCHDOG=1")) ++taken;
    EXPECT_FALSE(socket.Send("WATCHDOG=1"));
    EXPECT_EQ(inbox.Take(), "WATCHDOG=1");
    EXPECT_TRUE(socket.Send("WATCHDOG=1"));
}

}  // namespace
}  // namespace aircheck::supervisor

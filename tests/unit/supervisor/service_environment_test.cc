// SPDX-License-Identifier: MIT
#include "supervisor/service_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace aircheck::supervisor {
namespace {

using namespace std::chrono_literals;

constexpr const char* kVariables[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                                      "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES"};

class ServiceEnvironmentTest : public testing::Test {
protected:
    ServiceEnvironmentTest() { Clear(); }
    ~ServiceEnvironmentTest() override { Clear(); }

    static void Clear() {
        for (const char* name : kVariables) ::unsetenv(name);
    }
    static void Set(const char* name, const std::string& value) {
        ::setenv(name, value.c_str(), 1);
    }

    const std::string own_pid_ = std::to_string(::getpid());
    const std::string other_pid_ = std::to_string(::getppid());
};

TEST_F(ServiceEnvironmentTest, IsEmptyWithoutAServiceManager) {
    const auto given = TakeServiceEnvironment();
    EXPECT_EQ(given.notify_socket, "");
    EXPECT_EQ(given.watchdog, 0us);
    EXPECT_TRUE(given.sockets.empty());
}

TEST_F(ServiceEnvironmentTest, IsTakenAway) {
    Set("NOTIFY_SOCKET", "/run/notify");
    Set("WATCHDOG_USEC", "5000000");
    Set("WATCHDOG_PID", own_pid_);
    Set("LISTEN_FDS", "0");
    Set("LISTEN_PID", own_pid_);
    Set("LISTEN_FDNAMES", "");
    const auto given = TakeServiceEnvironment();
    EXPECT_EQ(given.notify_socket, "/run/notify");
    EXPECT_EQ(given.watchdog, 5s);
    EXPECT_TRUE(given.sockets.empty());
    for (const char* name : kVariables) EXPECT_EQ(::getenv(name), nullptr) << name;
}

TEST_F(ServiceEnvironmentTest, WatchdogIsOursOrEverybodys) {
    struct Case {
        const char* usec;
        std::string pid;  // empty: not set
        std::chrono::microseconds watchdog;
    };
    for (const auto& [usec, pid, watchdog] : {
             Case{"3000", own_pid_, 3ms},
             Case{"3000", "", 3ms},
             Case{"3000", other_pid_, 0us},
             Case{"3000", "me", 0us},
             Case{"0", "", 0us},
             Case{"-1", "", 0us},
             Case{"3s", "", 0us},
             Case{"", "", 0us},
             Case{"9223372036854775807", "", 24h},
             Case{"18446744073709551615", "", 0us},
         }) {
        Clear();
        Set("WATCHDOG_USEC", usec);
        if (!pid.empty()) Set("WATCHDOG_PID", pid);
        EXPECT_EQ(TakeServiceEnvironment().watchdog, watchdog) << usec << " " << pid;
    }
}

TEST_F(ServiceEnvironmentTest, SocketsOfAnotherProcessAreLeftAlone) {
    Set("LISTEN_FDS", "1");
    EXPECT_TRUE(TakeServiceEnvironment().sockets.empty());
    Set("LISTEN_FDS", "1");
    Set("LISTEN_PID", other_pid_);
    EXPECT_TRUE(TakeServiceEnvironment().sockets.empty());
}

TEST_F(ServiceEnvironmentTest, ACountOfSocketsThatIsNoneIsAnError) {
    for (const char* count : {"one", "-1", "", "1 ", "99999999999999999999"}) {
        Set("LISTEN_FDS", count);
        Set("LISTEN_PID", own_pid_);
        try {
            TakeServiceEnvironment();
            FAIL() << count;
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), testing::HasSubstr(std::string("LISTEN_FDS=") + count));
        }
    }
}

}  // namespace
}  // namespace aircheck::supervisor

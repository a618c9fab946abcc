// SPDX-License-Identifier: MIT
#include "common/util/ip_address.h"

#include <gtest/gtest.h>

namespace aircheck::util {
namespace {

TEST(IpAddress, ParsesBothFamilies) {
    EXPECT_EQ(ParseIpAddress("10.0.0.7"), ParseIpAddress("::ffff:10.0.0.7"));
    EXPECT_NE(ParseIpAddress("10.0.0.7"), ParseIpAddress("::10.0.0.7"));
    EXPECT_TRUE(ParseIpAddress("2001:db8::7"));
    for (const char* wrong : {"", "10.0.0", "10.0.0.256", "::g", "localhost", "10.0.0.7 ", "[::1]"})
        EXPECT_FALSE(ParseIpAddress(wrong)) << wrong;
    EXPECT_FALSE(ParseIpAddress(std::string_view("10.0.0.7\0", 9)));
}

TEST(IpAddress, KnowsThisMachine) {
    for (const char* here : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"})
        EXPECT_TRUE(IsLoopback(*ParseIpAddress(here))) << here;
    for (const char* away : {"128.0.0.1", "10.127.0.1", "::2", "7f00::", "::"})
        EXPECT_FALSE(IsLoopback(*ParseIpAddress(away))) << away;
}

TEST(IpNetwork, HoldsItsAddresses) {
    struct Case {
        const char* network;
        const char* address;
        bool holds;
    };
    for (const auto& [network, address, holds] : {
             Case{"10.0.0.7", "10.0.0.7", true},
             Case{"10.0.0.7", "10.0.0.8", false},
             Case{"10.0.0.0/8", "10.255.0.1", true},
             Case{"10.0.0.0/8", "11.0.0.1", false},
             Case{"10.9.9.9/8", "10.1.1.1", true},
             Case{"192.168.4.0/22", "192.168.7.255", true},
             Case{"192.168.4.0/22", "192.168.8.0", false},
             Case{"0.0.0.0/0", "203.0.113.9", true},
             Case{"0.0.0.0/0", "2001:db8::1", false},
             Case{"::/0", "203.0.113.9", true},
             Case{"2001:db8::/33", "2001:db8:7fff::1", true},
             Case{"2001:db8::/33", "2001:db8:8000::1", false},
         }) {
        const auto parsed = ParseIpNetwork(network);
        ASSERT_TRUE(parsed) << network;
        EXPECT_EQ(parsed->Contains(*ParseIpAddress(address)), holds) << network << " " << address;
    }
}

TEST(IpNetwork, IsWrittenAsItIsRead) {
    for (const char* text : {"10.0.0.7", "10.0.0.0/8", "0.0.0.0/0", "::1", "2001:db8::/32", "::/0"})
        EXPECT_EQ(Format(*ParseIpNetwork(text)), text);
    EXPECT_EQ(Format(*ParseIpNetwork("10.1.2.3/8")), "10.0.0.0/8");
}

TEST(IpNetwork, RefusesWhatIsNone) {
    for (const char* wrong : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/-0",
                              "10.0.0.0/8/8", "::/129", "10.0.0/8", "10.0.0.0/ 8", "*", "all"})
        EXPECT_FALSE(ParseIpNetwork(wrong)) << wrong;
}

}  // namespace
}  // namespace aircheck::util

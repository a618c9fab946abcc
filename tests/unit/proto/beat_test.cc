// SPDX-License-Identifier: MIT
#include "proto/beat.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace aircheck::proto {
namespace {

using namespace std::string_literals;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Beat, IsFourBytes) {
    EXPECT_EQ(EncodeBeat(""), "PyHB");
    EXPECT_EQ(kBeatPort, 43278);
}

TEST(Beat, MayCarryAName) {
    const Pairs beats{{"PyHB", ""},
                      {"PyHB\r\n", ""},
                      {"PyHBattic", "attic"},
                      {"PyHB attic", "attic"},
                      {"PyHB  attic\n", "attic"},
                      {EncodeBeat("The_attic-2.lan"), "The_attic-2.lan"},
                      {"PyHB " + std::string(64, 'a'), std::string(64, 'a')}};
    for (const auto& [datagram, name] : beats) {
        EXPECT_EQ(DecodeBeat(datagram), name) << datagram;
    }
}

TEST(Beat, WhatLooksOtherwiseIsNone) {
    for (const auto& datagram :
         {""s, "P"s, "PyH"s, "pyhb"s, " PyHB"s, "xPyHB"s, "PyHB\0"s, "PyHB a b"s, "PyHB a/b"s,
          "PyHB ä"s, "PyHB {}"s, "PyHB " + std::string(65, 'a'), "PyHB" + std::string(125, ' '),
          std::string(60000, 'P')}) {
        EXPECT_EQ(DecodeBeat(datagram), std::nullopt) << datagram.substr(0, 100);
    }
}

TEST(Beat, MachinesAreCalledByAddressAndName) {
    const Pairs ids{{"10.0.0.8", "10.0.0.8"},
                    {"10.0.0.8/attic", "10.0.0.8/attic"},
                    {"::FFFF:10.0.0.8", "10.0.0.8"},
                    {"2001:DB8:0:0::8/a.b", "2001:db8::8/a.b"}};
    for (const auto& [text, id] : ids) {
        EXPECT_EQ(ReadMachineId(text), id) << text;
    }
    for (const char* text : {"", "attic", "10.0.0", "10.0.0.256", "10.0.0.8/", "10.0.0.8/a/b",
                             "10.0.0.8 attic", "/attic", "[::1]", "10.0.0.0/a b"}) {
        EXPECT_EQ(ReadMachineId(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace aircheck::proto

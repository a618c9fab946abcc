// SPDX-License-Identifier: MIT
#include "proto/handover.h"

#include <gtest/gtest.h>

#include <string>

namespace aircheck::proto {
namespace {

TEST(Handover, ComesBackAsItWas) {
    const Handover greeting{.kind = "greeting",
                            .version = "0.2.0",
                            .generation = 7,
                            .addresses = {"127.0.0.1:5000", "[::1]:5000"},
                            .quarantined = {"kpcc"},
                            .activated = true,
                            .notify_socket = "@notify",
                            .watchdog = 20'000'000,
                            .stations = {"kqed", "wnyc"},
                            .successors = {"/r/run/webapi-0.8"}};
    EXPECT_EQ(std::get<Handover>(DecodeHandover(Encode(greeting))), greeting);
}

TEST(Handover, WhatIsMissingHasADefaultAndWhatIsUnknownIsIgnored) {
    const auto decoded = DecodeHandover(R"({"v":1,"kind":"granted","tomorrow":[1]})");
    EXPECT_EQ(std::get<Handover>(decoded), Handover{.kind = "granted"});
}

TEST(Handover, NonsenseIsRefused) {
    using Kind = DecodeError::Kind;
    for (const auto& [json, kind] :
         {std::pair{"", Kind::kMalformed},
          {"[]", Kind::kMalformed},
          {R"({"kind":"ready"})", Kind::kMalformed},
          {R"({"v":1})", Kind::kMalformed},
          {R"({"v":1,"kind":""})", Kind::kMalformed},
          {R"({"v":1,"kind":"ready","successors":"x"})", Kind::kMalformed},
          {R"({"v":1,"kind":"greeting","generation":-1})", Kind::kMalformed},
          {R"({"v":2,"kind":"ready"})", Kind::kUnknownVersion}}) {
        const auto decoded = DecodeHandover(json);
        ASSERT_TRUE(std::holds_alternative<DecodeError>(decoded)) << json;
        EXPECT_EQ(std::get<DecodeError>(decoded).kind, kind) << json;
    }
}

}  // namespace
}  // namespace aircheck::proto

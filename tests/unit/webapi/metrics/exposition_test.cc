// SPDX-License-Identifier: MIT
#include "webapi/metrics/exposition.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "webapi/http/request_counters.h"

namespace aircheck::webapi {
namespace {

using namespace std::chrono_literals;

TEST(Exposition, WritesFamilies) {
    Exposition text;
    text.Counter("a_total", "What a is.");
    text.Sample({}, std::uint64_t{18446744073709551615u});
    text.Gauge("b", "What b is.");
    text.Sample({{"station", "kpcc"}, {"kind", "x"}}, 0.25);
    text.Sample({{"station", "say \"hi\" \\ \n"}}, -1);
    text.Sample({}, std::numeric_limits<double>::infinity());
    EXPECT_EQ(text.TakeText(),
              "# HELP a_total What a is.\n# TYPE a_total counter\n"
              "a_total 18446744073709551615\n"
              "# HELP b What b is.\n# TYPE b gauge\n"
              "b{station=\"kpcc\",kind=\"x\"} 0.25\n"
              "b{station=\"say \\\"hi\\\" \\\\ \\n\"} -1\n"
              "b +Inf\n");
}

TEST(RequestCounters, CountByRouteClassAndDuration) {
    RequestCounters counters;
    counters.Count(2, 206, 3ms);
    counters.Count(2, 404, 10s);
    counters.Count(-1, 400, 0ms);
    counters.Count(0, 999, 1ms);  // no class that there is
    ASSERT_EQ(counters.rows().size(), 4u);
    EXPECT_EQ(counters.rows()[3].by_class, (std::array<std::uint64_t, 5>{0, 1, 0, 1, 0}));
    EXPECT_EQ(counters.rows()[3].buckets[3], 1u);
    EXPECT_EQ(counters.rows()[3].buckets.back(), 1u);
    EXPECT_NEAR(counters.rows()[3].seconds, 10.003, 1e-9);
    EXPECT_EQ(counters.rows()[0].by_class[3], 1u);
    EXPECT_EQ(counters.rows()[1].buckets[1], 1u);
}

}  // namespace
}  // namespace aircheck::webapi

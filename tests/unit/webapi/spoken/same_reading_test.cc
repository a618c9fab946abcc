// SPDX-License-Identifier: MIT
#include "webapi/spoken/same_reading.h"

#include <gtest/gtest.h>

#include "common/time/timestamp.h"

namespace aircheck::webapi {
namespace {

TEST(SameReading, IsTheLatestInstantOfThatReading) {
    struct Case {
        const char* here;
        const char* there;
        const char* now;
        const char* expected;
    };
    for (const auto& [here, there, now, expected] : {
             // 7 am in Paris: that of yesterday in Los Angeles, of today in Tokyo.
             Case{"America/Los_Angeles", "Europe/Paris", "20261122T060000Z", "20261121T150000Z"},
             Case{"Asia/Tokyo", "Europe/Paris", "20261122T060000Z", "20261121T220000Z"},
             Case{"Europe/Berlin", "America/Los_Angeles", "20261122T150000Z", "20261122T060000Z"},
             // The same hour has never been left, nor has that of a zone with another name.
             Case{"Europe/Paris", "Europe/Paris", "20261122T060012Z", "20261122T060012Z"},
             Case{"Europe/Paris", "Europe/Berlin", "20261122T060012Z", "20261122T060012Z"},
             Case{"UTC", "Asia/Kolkata", "20261122T100000Z", "20261121T153000Z"},
             Case{"Pacific/Apia", "Pacific/Pago_Pago", "20261122T100000Z", "20261122T100000Z"},
             // In the night of the change: 02:30 in London is skipped in Berlin, or is there twice.
             Case{"Europe/Berlin", "UTC", "20260329T023000Z", "20260329T010000Z"},
             Case{"Europe/Berlin", "UTC", "20261025T023000Z", "20261025T003000Z"},
             // A day of 25 hours lies between.
             Case{"America/Los_Angeles", "UTC", "20261102T074500Z", "20261101T154500Z"},
             Case{"America/Los_Angeles", "Asia/Tokyo", "20261102T073000Z", "20261102T003000Z"},
         }) {
        const auto result =
            SameReading(*time::Zone::Find(here), *time::Zone::Find(there), *time::ParseBasic(now));
        EXPECT_EQ(time::FormatBasic(result), expected) << here << " " << there << " " << now;
    }
}

}  // namespace
}  // namespace aircheck::webapi

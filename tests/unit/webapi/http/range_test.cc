// SPDX-License-Identifier: MIT
#include "webapi/http/range.h"

#include <gtest/gtest.h>

#include "tests/unit/webapi/fake_recording.h"

namespace aircheck::webapi {
namespace {

using Kind = RangeResult::Kind;

TEST(Range, ReadsRanges) {
    struct Case {
        const char* header;
        Kind kind;
        std::vector<ByteRange> ranges;
    };
    const Case cases[] = {
        {"bytes=0-0", Kind::kPart, {{0, 1}}},
        {"bytes=0-99", Kind::kPart, {{0, 100}}},
        {"bytes=10-", Kind::kPart, {{10, 90}}},
        {"bytes=10-1000", Kind::kPart, {{10, 90}}},
        {"bytes=-1", Kind::kPart, {{99, 1}}},
        {"bytes=-1000", Kind::kPart, {{0, 100}}},
        {"Bytes= 5-6 ", Kind::kPart, {{5, 2}}},
        {"bytes=99-99999999999999999999999", Kind::kPart, {{99, 1}}},
        {"bytes=0-1,3-4", Kind::kPart, {{0, 2}, {3, 2}}},
        {"bytes=-2, 90-91 ,\t0-0", Kind::kPart, {{0, 1}, {90, 2}, {98, 2}}},
        {"bytes=0-9,10-19", Kind::kPart, {{0, 20}}},
        {"bytes=50-,0-99,7-8", Kind::kPart, {{0, 100}}},
        {"bytes=0-10,5-8,9-12,99-", Kind::kPart, {{0, 13}, {99, 1}}},
        {"bytes=200-300,0-1,-0", Kind::kPart, {{0, 2}}},
        {"bytes=200-300,-0", Kind::kUnsatisfiable, {}},
        {"bytes=0-1,5-4", Kind::kWhole, {}},
        {"bytes=0-1,", Kind::kWhole, {}},
        {"bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,"
         "30-30,32-32",
         Kind::kWhole,
         {}},
        {"bytes=100-", Kind::kUnsatisfiable, {}},
        {"bytes=99999999999999999999999-", Kind::kUnsatisfiable, {}},
        {"bytes=-0", Kind::kUnsatisfiable, {}},
        {"bytes=5-4", Kind::kWhole, {}},
        {"bytes=-", Kind::kWhole, {}},
        {"bytes=", Kind::kWhole, {}},
        {"bytes=a-b", Kind::kWhole, {}},
        {"bytes=1-b", Kind::kWhole, {}},
        {"bytes=--1", Kind::kWhole, {}},
        {"items=0-1", Kind::kWhole, {}},
        {"", Kind::kWhole, {}},
    };
    for (const Case& c : cases) {
        const RangeResult result = ParseRange(c.header, 100);
        EXPECT_EQ(result.kind, c.kind) << c.header;
        EXPECT_EQ(result.ranges, c.ranges) << c.header;
    }
}

Request With(const char* name, const std::string& value) {
    Request request;
    request.headers.emplace_back(name, value);
    return request;
}

const Validators kValidators{"\"abc\"", At("20261120T203000Z") + std::chrono::milliseconds{400}};

TEST(Conditions, FollowTheValidators) {
    const std::string same = "Fri, 20 Nov 2026 20:30:00 GMT";
    const std::string before = "Fri, 20 Nov 2026 20:29:59 GMT";
    EXPECT_EQ(CheckConditions(Request{}, kValidators), Condition::kSend);
    const struct {
        const char* name;
        std::string value;
        Condition condition;
    } cases[] = {
        {"If-None-Match", "\"abc\"", Condition::kNotModified},
        {"If-None-Match", "\"x\", W/\"abc\"", Condition::kNotModified},
        {"If-None-Match", "*", Condition::kNotModified},
        {"if-none-match", "\"x\"", Condition::kSend},
        {"If-Modified-Since", same, Condition::kNotModified},
        {"If-Modified-Since", before, Condition::kSend},
        {"If-Modified-Since", "yesterday", Condition::kSend},
        {"If-Match", "\"abc\"", Condition::kSend},
        {"If-Match", "W/\"abc\"", Condition::kFailed},
        {"If-Unmodified-Since", same, Condition::kSend},
        {"If-Unmodified-Since", before, Condition::kFailed},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(CheckConditions(With(c.name, c.value), kValidators), c.condition)
            << c.name << ": " << c.value;
    }
}

TEST(Conditions, IfRangeNeedsAnExactMatch) {
    EXPECT_TRUE(IfRangeHolds(Request{}, kValidators));
    EXPECT_TRUE(IfRangeHolds(With("If-Range", "\"abc\""), kValidators));
    EXPECT_FALSE(IfRangeHolds(With("If-Range", "\"x\""), kValidators));
    EXPECT_FALSE(IfRangeHolds(With("If-Range", "W/\"abc\""), kValidators));
    EXPECT_TRUE(IfRangeHolds(With("If-Range", "Fri, 20 Nov 2026 20:30:00 GMT"), kValidators));
    EXPECT_FALSE(IfRangeHolds(With("If-Range", "Fri, 20 Nov 2026 20:30:01 GMT"), kValidators));
}

}  // namespace
}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/http/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aircheck::webapi {
namespace {

TEST(Http, AValueCannotBeginAnotherHeader) {
    Response response = TextResponse("x");
    response.Add("X-Name", "a\r\nSet-Cookie: b\x7f");
    EXPECT_THAT(FormatHead(response, true, "now"),
                testing::HasSubstr("X-Name: a  Set-Cookie: b \r\n"));
}

}  // namespace
}  // namespace aircheck::webapi

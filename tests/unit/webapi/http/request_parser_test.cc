// SPDX-License-Identifier: MIT
#include "webapi/http/request_parser.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace aircheck::webapi {
namespace {

TEST(RequestParser, TakesBytesInAnyPortions) {
    const std::string text =
        "POST /a?b HTTP/1.1\r\nHost: x\r\nAccept: text/html;q=0.9, a/b\r\nContent-Length: 3\r\n"
        "\r\nabcGET";
    for (std::size_t step = 1; step < text.size(); ++step) {
        RequestParser parser;
        std::string buffer;
        std::size_t at = 0;
        auto state = RequestParser::State::kMore;
        while (state == RequestParser::State::kMore && at < text.size()) {
            buffer += text.substr(at, step);
            at += step;
            std::size_t consumed = 0;
            state = parser.Put(buffer, consumed);
            buffer.erase(0, consumed);
        }
        ASSERT_EQ(state, RequestParser::State::kDone) << step;
        const Request request = parser.Take();
        EXPECT_EQ(request.method, "POST");
        EXPECT_EQ(request.target, "/a?b");
        EXPECT_EQ(request.body, "abc");
        EXPECT_TRUE(request.keep_alive);
        EXPECT_TRUE(request.Accepts("text/html"));
        EXPECT_FALSE(request.Accepts("text/plain"));
        EXPECT_TRUE(std::string("GET").starts_with(buffer));
    }
}

}  // namespace
}  // namespace aircheck::webapi

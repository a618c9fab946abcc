// SPDX-License-Identifier: MIT
#include "webapi/http/gzip.h"

#include <gtest/gtest.h>

namespace aircheck::webapi {
namespace {

TEST(Gzip, FollowsAcceptEncoding) {
    for (const char* text : {"gzip", "GZip", "x-gzip", "br,gzip;q=0.001", "*", "identity;q=0,*;q=1",
                             "deflate , gzip ; q=1.0"})
        EXPECT_TRUE(AcceptsGzip(text)) << text;
    for (const char* text :
         {"", "br", "gzip;q=0", "gzip; q=0.000", "gzip;q=0,*", "*;q=0", "gzipped", "identity"})
        EXPECT_FALSE(AcceptsGzip(text)) << text;
}

}  // namespace
}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "common/cloud/text.h"

#include <gtest/gtest.h>

#include <string>

#include "common/cloud/azure_signature.h"
#include "common/cloud/digest.h"
#include "common/cloud/options.h"

namespace aircheck::cloud {
namespace {

TEST(Path, IsEncodedButForItsSlashes) {
    EXPECT_EQ(EncodePath("a/b c+d=e&~-._'()é%"), "a/b%20c%2Bd%3De%26~-._%27%28%29%C3%A9%25");
}

TEST(Path, IsDecodedUnlessItIsNotEncoded) {
    EXPECT_EQ(DecodePercent(EncodePath("a/b c+%")), "a/b c+%");
    EXPECT_EQ(DecodePercent("%zz%41"), "%zz%41");
    EXPECT_EQ(DecodePercent("%2"), "%2");
}

// RFC 4648, 10.
TEST(Base64, OfTheStandardsExamples) {
    for (const auto& [plain, coded] : std::initializer_list<std::pair<const char*, const char*>>{
             {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}}) {
        const std::string_view text = plain;
        EXPECT_EQ(Base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}), coded);
        EXPECT_EQ(DecodeBase64(coded), plain);
    }
    for (const char* bad : {"Zg", "Z===", "Zm9v!", "Z g=", "====", "Zg==Zg==="})
        EXPECT_FALSE(DecodeBase64(bad)) << bad;
}

TEST(Prefix, IsWithoutOuterSlashes) {
    EXPECT_EQ(CleanPrefix("/a/b//"), "a/b");
    EXPECT_EQ(CleanPrefix("/"), "");
}

TEST(BaseUrl, IsTakenApart) {
    const auto parts = [](const char* url) {
        const auto base = BaseUrlOf({"s3", {{"endpoint", url}}}, "endpoint");
        return base.scheme + "|" + base.host + "|" + base.port + "|" + base.path;
    };
    EXPECT_EQ(parts("https://s3.example.org"), "https|s3.example.org||");
    EXPECT_EQ(parts("http://127.0.0.1:9000/base/"), "http|127.0.0.1|:9000|/base");
    EXPECT_EQ(parts("http://[::1]:9000"), "http|[::1]|:9000|");
    EXPECT_EQ(parts("http://[::1]"), "http|[::1]||");
}

// What is signed is line by line as "Authorize with Shared Key" has it.
TEST(SharedKey, SignsTheLinesOfTheDocumentation) {
    HttpRequest request;
    request.method = "GET";
    request.path = "/mycontainer";
    request.query = {{"restype", "container"}, {"comp", "metadata"}, {"timeout", "20"}};
    request.headers = {{"x-ms-version", "2015-02-21"},
                       {"x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT"}};
    const std::string text =
        "GET\n\n\n\n\n\n\n\n\n\n\n\n"
        "x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
        "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20";
    EXPECT_EQ(SharedKeyAuthorization(request, "myaccount", "key"),
              "SharedKey myaccount:" + Base64(HmacSha256("key", text)));
}

}  // namespace
}  // namespace aircheck::cloud

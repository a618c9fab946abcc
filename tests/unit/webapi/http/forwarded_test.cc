// SPDX-License-Identifier: MIT
#include "webapi/http/forwarded.h"

#include <gtest/gtest.h>

#include "webapi/services.h"

namespace aircheck::webapi {
namespace {

Request From(const char* peer, Headers headers) {
    Request request;
    request.peer = *util::ParseIpAddress(peer);
    request.headers = std::move(headers);
    return request;
}

const std::vector<util::IpNetwork> kTrusted = {*util::ParseIpNetwork("10.0.0.0/8")};

TEST(Forwarded, BelievesTrustedProxiesOnly) {
    const Headers said = {{"Host", "10.1.1.1:5000"},
                          {"X-Forwarded-Proto", "https"},
                          {"x-forwarded-host", "radio.example.org"},
                          {"X-Forwarded-Prefix", "/dvr/"}};
    EXPECT_EQ(ForwardedBaseUrl(From("10.9.9.9", said), kTrusted), "https://radio.example.org/dvr/");
    EXPECT_EQ(ForwardedBaseUrl(From("11.9.9.9", said), kTrusted), "http://10.1.1.1:5000/");
    EXPECT_EQ(ForwardedBaseUrl(From("127.0.0.1", said), {}), "http://10.1.1.1:5000/");
    EXPECT_EQ(ForwardedBaseUrl(From("::", said), {*util::ParseIpNetwork("::/0")}),
              "http://10.1.1.1:5000/");
}

TEST(Forwarded, TakesWhatTheProxyItselfHasSaid) {
    EXPECT_EQ(ForwardedBaseUrl(From("10.9.9.9", {{"Host", "inside"},
                                                 {"X-Forwarded-Host", "evil.example, a.example"}}),
                               kTrusted),
              "http://a.example/");
    EXPECT_EQ(ForwardedBaseUrl(From("10.9.9.9", {{"Host", "inside"},
                                                 {"X-Forwarded-Host", "evil.example"},
                                                 {"X-Forwarded-Host", "b.example:8443"},
                                                 {"X-Forwarded-Proto", "http, HTTPS"}}),
                               kTrusted),
              "https://b.example:8443/");
}

TEST(Forwarded, TakesNothingThatCouldDoHarm) {
    for (const char* evil : {"a\"><script>", "a b", "a/b", "u@h", "a\r\nX: y", "", "a?b", "a#b"}) {
        EXPECT_EQ(ForwardedBaseUrl(
                      From("10.9.9.9", {{"Host", "inside"}, {"X-Forwarded-Host", evil}}), kTrusted),
                  "http://inside/")
            << evil;
        EXPECT_FALSE(ForwardedBaseUrl(From("10.9.9.9", {{"Host", evil}}), kTrusted)) << evil;
    }
    for (const char* evil : {"radio", "//evil.example", "/a//b", "/a/../b", "/a b", "/<b>", "/a%20",
                             "/a\"", "/a?b", "/a\r\nX: y"}) {
        EXPECT_EQ(
            ForwardedBaseUrl(From("10.9.9.9", {{"Host", "inside"}, {"X-Forwarded-Prefix", evil}}),
                             kTrusted),
            "http://inside/")
            << evil;
    }
    EXPECT_EQ(
        ForwardedBaseUrl(
            From("10.9.9.9", {{"Host", "inside"}, {"X-Forwarded-Proto", "javascript"}}), kTrusted),
        "http://inside/");
}

TEST(Forwarded, WhatIsConfiguredWins) {
    config::Config config;
    const Request request = From("10.9.9.9", {{"Host", "inside"}, {"X-Forwarded-Host", "outside"}});
    EXPECT_EQ(BaseUrl(config, request), "http://inside/");
    config.trusted_proxies = kTrusted;
    EXPECT_EQ(BaseUrl(config, request), "http://outside/");
    config.public_url = "https://radio.example.org/";
    EXPECT_EQ(BaseUrl(config, request), "https://radio.example.org/");
    config.public_url.clear();
    EXPECT_EQ(BaseUrl(config, Request{}), "/");
}

}  // namespace
}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "common/cloud/answers.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace aircheck::cloud {
namespace {

using namespace std::chrono_literals;

const time::SysTime kWhen = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 20h + 30min;

TEST(S3List, ReadsAPage) {
    const auto page = ParseS3List(R"(<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>radio</Name>
<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<NextContinuationToken>to/ken+==</NextContinuationToken>
<Contents><Key>a/b+c%20%2B%25.mp3</Key><LastModified>2026-11-20T20:30:00.000Z</LastModified>
<ETag>&quot;0123&quot;</ETag><Size>9000000000</Size></Contents>
<Contents><Key>d</Key><Size>0</Size></Contents>
<Contents><Key>e+f%</Key><Size>1</Size></Contents></ListBucketResult>)");
    ASSERT_TRUE(page);
    EXPECT_EQ(page->next, "to/ken+==");
    ASSERT_EQ(page->objects.size(), 3u);
    EXPECT_EQ(page->objects[0], (ObjectInfo{"a/b c +%.mp3", 9'000'000'000u, "\"0123\"", kWhen}));
    EXPECT_EQ(page->objects[1], (ObjectInfo{"d", 0, "", {}}));
    EXPECT_EQ(page->objects[2], (ObjectInfo{"e f%", 1, "", {}}));
}

TEST(S3List, LeavesKeysAsTheyAreUnlessTheyAreSaidToBeEncoded) {
    const auto page = ParseS3List(
        "<ListBucketResult><Contents><Key>a%20b</Key><Size>1</Size></Contents></ListBucketResult>");
    ASSERT_TRUE(page);
    EXPECT_EQ(page->objects.at(0).key, "a%20b");
    EXPECT_EQ(page->next, "");
}

TEST(S3List, RefusesWhatIsNone) {
    const std::string begin = "<ListBucketResult>";
    const std::string end = "</ListBucketResult>";
    for (const std::string& text : std::vector<std::string>{
             "", "no XML", "<html/>", "<ListBucketResult>", std::string("\0\0", 2),
             "<Error><Code>NoSuchBucket</Code></Error>",
             begin + "<IsTruncated>true</IsTruncated>" + end,
             begin + "<Contents><Key>a</Key></Contents>" + end,
             begin + "<Contents><Key>a</Key><Size>-1</Size></Contents>" + end,
             begin + "<Contents><Key>a</Key><Size>99999999999999999999</Size></Contents>" + end,
             begin + "<Contents><Key>a</Key><Size>1x</Size></Contents>" + end})
        EXPECT_FALSE(ParseS3List(text)) << text;
}

TEST(S3List, ExpandsNoEntities) {
    const auto page = ParseS3List(
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
        "<ListBucketResult><Contents><Key>a&e;</Key><Size>1</Size></Contents></ListBucketResult>");
    if (page) {
        EXPECT_EQ(page->objects.at(0).key, "a&e;");
    }
}

TEST(Answers, SurviveDeepNesting) {
    std::string deep;
    for (int i = 0; i < 200'000; ++i) deep += "<a>";
    EXPECT_FALSE(ParseS3List(deep));
    EXPECT_FALSE(ParseAzureList(deep));
    EXPECT_EQ(ParseErrorCode(deep), "");
}

TEST(AzureList, ReadsAPage) {
    const auto page = ParseAzureList(R"(<?xml version="1.0"?><EnumerationResults>
<Blobs><Blob><Name>a/b c.mp3</Name><Properties><Last-Modified>Fri, 20 Nov 2026 20:30:00 GMT</Last-Modified>
<Etag>0x8D</Etag><Content-Length>12</Content-Length></Properties></Blob>
<Blob><Name Encoded="true">d%EF%BF%BE</Name><Properties><Etag>"0x8E"</Etag>
<Content-Length>0</Content-Length></Properties></Blob></Blobs>
<NextMarker>more</NextMarker></EnumerationResults>)");
    ASSERT_TRUE(page);
    EXPECT_EQ(page->next, "more");
    ASSERT_EQ(page->objects.size(), 2u);
    EXPECT_EQ(page->objects[0], (ObjectInfo{"a/b c.mp3", 12, "\"0x8D\"", kWhen}));
    EXPECT_EQ(page->objects[1], (ObjectInfo{"d\xef\xbf\xbe", 0, "\"0x8E\"", {}}));
}

TEST(AzureList, RefusesWhatIsNone) {
    for (const char* text : {"", "<Error/>",
                             "<EnumerationResults><Blobs><Blob><Name>a</Name></Blob></Blobs>"
                             "</EnumerationResults>"})
        EXPECT_FALSE(ParseAzureList(text)) << text;
    EXPECT_EQ(ParseAzureList("<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>"),
              ListPage{});
}

TEST(Uploads, AreThoseOfAKey) {
    EXPECT_EQ(ParseUploadId("<InitiateMultipartUploadResult><UploadId>a/b=</UploadId>"
                            "</InitiateMultipartUploadResult>"),
              "a/b=");
    EXPECT_FALSE(ParseUploadId("<InitiateMultipartUploadResult/>"));
    EXPECT_EQ(ParseUploads("<ListMultipartUploadsResult><Upload><Key>a</Key><UploadId>1</UploadId>"
                           "</Upload><Upload><Key>ab</Key><UploadId>2</UploadId></Upload>"
                           "<Upload><Key>a</Key><UploadId/></Upload></ListMultipartUploadsResult>",
                           "a"),
              std::vector<std::string>{"1"});
    // An error with status 200.
    EXPECT_FALSE(ParseCompleted("<Error><Code>InternalError</Code></Error>"));
    EXPECT_EQ(ParseCompleted("<CompleteMultipartUploadResult><ETag>\"x-2\"</ETag>"
                             "</CompleteMultipartUploadResult>"),
              "\"x-2\"");
}

TEST(ErrorCode, IsAllThatIsShown) {
    EXPECT_EQ(ParseErrorCode("<Error><Code> AccessDenied </Code><Message>key</Message></Error>"),
              "AccessDenied");
    for (const char* text : {"", "<Error/>", "<Error><Code>a secret</Code></Error>",
                             "<Error><Code>&lt;b&gt;</Code></Error>"})
        EXPECT_EQ(ParseErrorCode(text), "") << text;
    EXPECT_FALSE(IsErrorCode(std::string(65, 'a')));
}

}  // namespace
}  // namespace aircheck::cloud

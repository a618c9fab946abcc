// SPDX-License-Identifier: MIT
#include "webapi/http/access_log.h"

#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "common/util/ip_address.h"
#include "common/util/unique_fd.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::webapi {
namespace {

TEST(AccessLog, WritesTheCombinedFormat) {
    Request request{
        .method = "GET", .target = "/x\" y", .peer = *util::ParseIpAddress("192.0.2.1")};
    request.headers = {{"User-Agent", "a\\b\n\xff"}, {"Referer", "https://example.org/"}};
    Response response = TextResponse("abc");
    const time::SysTime now{std::chrono::seconds{1'795'206'600}};
    EXPECT_EQ(FormatAccess(request, response, now),
              "192.0.2.1 - - [20/Nov/2026:20:30:00 +0000] \"GET /x\\x22 y HTTP/1.1\" 200 3 "
              "\"https://example.org/\" \"a\\x5Cb\\x0A\\xFF\"\n");
    response.length.reset();
    EXPECT_EQ(FormatAccess(Request{}, response, now),
              "- - - [20/Nov/2026:20:30:00 +0000] \"-\" 200 - \"-\" \"-\"\n");
}

TEST(AccessLog, GoesOnInANewFileWhenTheOldOneIsMoved) {
    const test::TempFolder folder;
    const auto path = folder.path() / "access.log";
    const auto old = folder.path() / "access.log.1";
    const auto holds = [](const std::filesystem::path& file) {
        std::ifstream in(file);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const util::UniqueFd watch(::inotify_init1(IN_CLOEXEC));
    ASSERT_GE(::inotify_add_watch(watch.get(), folder.path().c_str(), IN_MODIFY), 0);
    {
        AccessLog log(path);
        log.Add("one\n");
        std::array<char, 4096> written;
        ASSERT_GT(::read(watch.get(), written.data(), written.size()), 0);
        std::filesystem::rename(path, old);
        log.Add("two\n");
    }
    EXPECT_EQ(holds(old), "one\n");
    EXPECT_EQ(holds(path), "two\n");
}

}  // namespace
}  // namespace aircheck::webapi

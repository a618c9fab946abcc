// SPDX-License-Identifier: MIT
#include "webapi/takeover/parcel.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace aircheck::webapi {
namespace {

std::string SectionOfReadme() {
    std::ifstream in(std::string(AIRCHECK_SOURCE_DIR) + "/proto/README.md");
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const std::size_t begin = text.find("## Taking over\n");
    return text.substr(begin, text.find("\n## ", begin) - begin);
}

/// A line of JSON, as it goes over the socket.
std::string OneLine(std::string json) {
    for (char& c : json)
        if (c == '\n') c = ' ';
    return json;
}

TEST(Parcel, TheExamplesAreUnderstood) {
    const std::string section = SectionOfReadme();
    int hails = 0;
    int answers = 0;
    for (std::size_t at = section.find("```json\n"); at != std::string::npos;
         at = section.find("```json\n", at + 1)) {
        const std::size_t begin = at + 8;
        const std::string json = OneLine(section.substr(begin, section.find("```", begin) - begin));
        const std::string message = json + "\nbytes";
        const auto hail = DecodeHail(message);
        const auto answer = DecodeHailAnswer(json);
        ASSERT_EQ(hail.index(), 0u) << std::get<1>(hail) << ": " << json;
        ASSERT_EQ(answer.index(), 0u) << std::get<1>(answer) << ": " << json;
        const HailText& text = std::get<0>(hail);
        EXPECT_EQ(text.bytes, "bytes");
        hails += text.hail == Hail{} ? 0 : 1;
        answers += std::get<0>(answer) == HailAnswer{} ? 0 : 1;
        const std::string encoded = Encode(text.hail);
        EXPECT_EQ(std::get<0>(DecodeHail(encoded)).hail, text.hail);
    }
    EXPECT_EQ(hails, 6);
    EXPECT_EQ(answers, 3);
}

TEST(Parcel, EveryFieldComesThrough) {
    Hail hail;
    ConnectionState& connection = hail.connection.emplace();
    connection = {.fresh = true, .closing = true, .bytes = 3};
    AnswerState& answer = connection.answer.emplace();
    answer.bytes = 4;
    answer.endless = true;
    answer.extent = {1, 2, 3};
    const SegmentRow segment{1, "kpcc", "a", "kpcc/streams/x", true, 5, 6, 7, 8, "opus", 9};
    RelayState relay{1, 2, 3, -4, true, 5, 6, PageState{4, -9'000'000'000'000'000'000, 7, 8}, 9};
    BodyState& body = answer.body.emplace();
    body.live = {segment,
                 1,
                 "0123456789ab/a",
                 2,
                 3,
                 4,
                 5,
                 6,
                 true,
                 true,
                 OggLiveState{relay, {1, 2}, -1},
                 IcyState{16'000, 5, "A 'title'", {3, 4}}};
    EXPECT_EQ(std::get<0>(DecodeHail(Encode(hail))).hail, hail);
    body.live.reset();
    body.slice = {
        {PieceState{segment, 1, 2, -1, "0123456789ab/a"}, PieceState{segment, 3, 4, 5, ""}},
        6,
        7,
        OggSliceState{relay, RestState{8, 9}}};
    EXPECT_EQ(std::get<0>(DecodeHail(Encode(hail))).hail, hail);
    body.multipart = {*body.slice,          "b", "audio/ogg", 10,  {{1, 2}, {5, 3}}, 4,
                      ExtentState{1, 2, 3}, 5,   true,        true};
    body.slice.reset();
    EXPECT_EQ(std::get<0>(DecodeHail(Encode(hail))).hail, hail);
}

TEST(Parcel, SaysWhatIsWrong) {
    const struct {
        std::string json;
        std::string reason;
    } cases[] = {
        {"", "not JSON"},
        {"[]", "not a JSON object"},
        {R"({"want":"listeners"})", "v: missing"},
        {R"({"v":2,"want":"listeners"})", "version 2 is not spoken here"},
        {R"({"v":1,"connection":[]})", "connection: not an object"},
        {R"({"v":1,"connection":{"bytes":-1}})", "connection.bytes: not a whole number"},
        {R"({"v":1,"connection":{"answer":{"extent":{}}}})",
         "connection.answer.extent.file: missing"},
        {R"({"v":1,"connection":{"answer":{"body":{"slice":{"pieces":[{}],"left":1}}}}})",
         "connection.answer.body.slice.pieces[0].segment: missing"},
    };
    for (const auto& c : cases) {
        const auto decoded = DecodeHail(c.json);
        ASSERT_EQ(decoded.index(), 1u) << c.json;
        EXPECT_TRUE(std::get<1>(decoded).starts_with(c.reason)) << std::get<1>(decoded);
    }
}

}  // namespace
}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aircheck::webapi {
namespace {

using testing::HasSubstr;

std::vector<config::StationConfig> Stations(std::initializer_list<const char*> callsigns) {
    std::vector<config::StationConfig> stations;
    for (const char* callsign : callsigns) stations.emplace_back().callsign = callsign;
    return stations;
}

std::vector<Route> Table() {
    return {{"GET, HEAD", "/", "The page.", {}},
            {"GET, HEAD", "/help", "This text.", {}},
            {"GET, HEAD", "/heartbeat", "All.", {}},
            {"GET, HEAD", "/{station}/heartbeat", "One.", {}},
            {"GET, HEAD", "/{station}/slices/{slice}.mp3", "A slice.\nTwo lines.", {}},
            {"POST", "/{station}/prune", "Retention.", {}}};
}

/// The pattern that answers, or the status.
std::string Ask(const Router& router, Request& request) {
    auto resolved = router.Resolve(request);
    if (auto* refusal = std::get_if<Response>(&resolved)) return std::to_string(refusal->status);
    return std::get<const Route*>(resolved)->pattern;
}

std::string Ask(const Router& router, const std::string& target,
                const std::string& method = "GET") {
    Request request{.method = method, .target = target};
    return Ask(router, request);
}

TEST(Router, FindsRoutesAndStations) {
    const auto stations = Stations({"kpcc", "kcrw"});
    const Router router(stations, Table());
    EXPECT_EQ(Ask(router, "/"), "/");
    EXPECT_EQ(Ask(router, "/help"), "/help");
    EXPECT_EQ(Ask(router, "/heartbeat"), "/heartbeat");
    Request request{.method = "HEAD", .target = "/kcrw/slices/x_1.mp3?info"};
    EXPECT_EQ(Ask(router, request), "/{station}/slices/{slice}.mp3");
    ASSERT_NE(request.station, nullptr);
    EXPECT_EQ(request.station->callsign, "kcrw");
    EXPECT_EQ(request.Param("slice"), "x_1.mp3");
    EXPECT_TRUE(request.HasQuery("info"));
}

TEST(Router, OneStationNeedsNoPrefix) {
    const auto stations = Stations({"kpcc"});
    const Router router(stations, Table());
    Request request{.method = "GET", .target = "/slices/x_1.mp3"};
    EXPECT_EQ(Ask(router, request), "/{station}/slices/{slice}.mp3");
    ASSERT_NE(request.station, nullptr);
    EXPECT_EQ(Ask(router, "/kpcc/slices/x_1.mp3"), "/{station}/slices/{slice}.mp3");
    // A path of its own is about all stations, even if there is one only.
    Request all{.method = "GET", .target = "/heartbeat"};
    EXPECT_EQ(Ask(router, all), "/heartbeat");
    EXPECT_EQ(all.station, nullptr);
    const auto two = Stations({"kpcc", "kcrw"});
    EXPECT_EQ(Ask(Router(two, Table()), "/slices/x_1.mp3"), "404");
}

TEST(Router, SaysWhatIsWrong) {
    const auto stations = Stations({"kpcc", "kcrw"});
    const Router router(stations, Table());
    Request unknown{.method = "GET", .target = "/kpc/heartbeat"};
    const auto refused = router.Resolve(unknown);
    const auto* response = std::get_if<Response>(&refused);
    ASSERT_NE(response, nullptr);
    EXPECT_EQ(response->status, 404);
    EXPECT_THAT(response->text, HasSubstr("no station kpc"));
    EXPECT_THAT(response->text, HasSubstr("kpcc, kcrw"));

    EXPECT_EQ(Ask(router, "/nothing"), "404");
    EXPECT_EQ(Ask(router, "/kpcc"), "404");
    EXPECT_EQ(Ask(router, "/kpcc//heartbeat"), "404");
    EXPECT_EQ(Ask(router, "/kpcc/slices/"), "404");
    EXPECT_EQ(Ask(router, "/../help"), "400");
}

std::string OnlyNumbers(const PathParams& params) {
    const std::string& text = params.front().second;
    return text.find_first_not_of("0123456789") == std::string::npos ? "" : text + " is no number";
}

TEST(Router, PassesOverRoutesThatAreForOtherSegments) {
    auto table = Table();
    table.insert(
        table.begin(),
        Route{"POST", "/{station}/{number}/{of}", "Numbers.", {}, {.why_not = OnlyNumbers}});
    table.push_back({"GET, HEAD", "/{station}/{what}/{ever}", "All else.", {}});
    for (const auto& stations : {Stations({"kpcc"}), Stations({"kpcc", "kcrw"})}) {
        const Router router(stations, table);
        EXPECT_EQ(Ask(router, "/kpcc/12/x", "POST"), "/{station}/{number}/{of}");
        EXPECT_EQ(Ask(router, "/kpcc/twelve/x"), "/{station}/{what}/{ever}");
    }
    table.pop_back();
    const auto one = Stations({"kpcc"});
    const Router router(one, table);
    EXPECT_EQ(Ask(router, "/12/x", "POST"), "/{station}/{number}/{of}");
    const auto hint = [&](const std::string& target) {
        Request request{.method = "POST", .target = target};
        auto resolved = router.Resolve(request);
        return std::get<Response>(resolved).text;
    };
    EXPECT_THAT(hint("/kpcc/twelve/x"), HasSubstr("twelve is no number"));
    EXPECT_THAT(hint("/twelve/x"), HasSubstr("twelve is no number"));
    EXPECT_THAT(hint("/kpc/12/x"), HasSubstr("no station kpc"));
    EXPECT_THAT(hint("/kpcc/a/b/c/d"), HasSubstr("/help"));
}

TEST(Router, AnswersTheWrongMethodWithAllow) {
    const auto stations = Stations({"kpcc"});
    const Router router(stations, Table());
    Request request{.method = "GET", .target = "/kpcc/prune"};
    auto refused = router.Resolve(request);
    const auto* response = std::get_if<Response>(&refused);
    ASSERT_NE(response, nullptr);
    EXPECT_EQ(response->status, 405);
    EXPECT_THAT(response->headers, testing::Contains(testing::Pair("Allow", "POST")));
    EXPECT_EQ(Ask(router, "/kpcc/prune", "POST"), "/{station}/prune");
    EXPECT_EQ(Ask(router, "/help", "get"), "405");
}

TEST(Router, HelpListsEveryRoute) {
    const auto stations = Stations({"kpcc"});
    const Router router(stations, Table());
    for (const Route& route : router.routes()) {
        EXPECT_THAT(router.Help(), HasSubstr("\n" + route.pattern + "\n"));
    }
    EXPECT_THAT(router.Help(), HasSubstr("    A slice.\n    Two lines.\n"));
}

}  // namespace
}  // namespace aircheck::webapi

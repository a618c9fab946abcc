// SPDX-License-Identifier: MIT
#include "downloader/station_settings.h"

#include <gtest/gtest.h>

#include <chrono>

namespace aircheck::downloader {
namespace {

using namespace std::chrono_literals;

const config::StationConfig kNow = [] {
    config::StationConfig station;
    station.callsign = "kpcc";
    station.streams = {"http://a/", "http://b/"};
    return station;
}();

TEST(StationSettings, ChangeUnderAConnection) {
    EXPECT_FALSE(NeedsNewConnection(kNow, kNow));
    auto fresh = kNow;
    fresh.name = "KPCC";
    fresh.timezone = "America/Los_Angeles";
    fresh.disk_archive = 24h;
    fresh.cloud_archive = 48h;
    fresh.max_disk = 1;
    fresh.cascade_time.reset();
    fresh.cascade_buffer = fresh.cycle_time = fresh.restart_overlap = 1s;
    fresh.segment_time = fresh.sync = 1s;
    fresh.recorders = 2;
    EXPECT_FALSE(NeedsNewConnection(kNow, fresh));
}

TEST(StationSettings, TakeAnotherConnection) {
    for (const auto change : {+[](config::StationConfig& s) { s.streams.pop_back(); },
                              +[](config::StationConfig& s) { s.user_agent = "x"; },
                              +[](config::StationConfig& s) { s.headers["Referer"] = "x"; },
                              +[](config::StationConfig& s) { s.username = "x"; },
                              +[](config::StationConfig& s) { s.password = "x"; },
                              +[](config::StationConfig& s) { s.charset = "koi8-r"; },
                              +[](config::StationConfig& s) { s.http1_only = true; }}) {
        auto fresh = kNow;
        change(fresh);
        EXPECT_TRUE(NeedsNewConnection(kNow, fresh));
    }
}

}  // namespace
}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#include "supervisor/cli/record.h"

#include <gtest/gtest.h>

#include "common/config/config.h"

namespace aircheck::cli {
namespace {

config::LoadResult ReadBack(const RecordOptions& options, const std::string& callsign) {
    return config::Parse(RecordConfig(options, options.urls, {callsign}), "record.yaml");
}

TEST(RecordConfig, ReadsBackToWhatWasAskedFor) {
    RecordOptions options;
    options.urls = {"http://example.org/a?b='c'&d=*e:!f,%25"};
    options.storage = "/var/radio with: \"colons\" # and more";
    options.listen = "127.0.0.1:5001";
    options.timezone = "Europe/Vienna";
    const auto loaded = ReadBack(options, "kpcc");
    for (const auto& problem : loaded.problems) ADD_FAILURE() << problem.Text();
    ASSERT_EQ(loaded.config.stations.size(), 1u);
    EXPECT_EQ(loaded.config.storage, options.storage);
    EXPECT_EQ(loaded.config.stations[0].callsign, "kpcc");
    EXPECT_EQ(loaded.config.stations[0].streams, options.urls);
    EXPECT_EQ(loaded.config.stations[0].timezone, "Europe/Vienna");
    EXPECT_EQ(loaded.config.listen, (std::vector<config::Endpoint>{{"127.0.0.1", 5001}}));
}

TEST(RecordConfig, CallsignsThatYamlWouldReadAsSomethingElse) {
    RecordOptions options;
    options.urls = {"http://example.org/a"};
    options.storage = "/var/radio";
    options.listen = "127.0.0.1:5001";
    for (const std::string callsign : {"null", "true", "no", "123", "1e3", "0x1f"}) {
        const auto loaded = ReadBack(options, callsign);
        for (const auto& problem : loaded.problems) ADD_FAILURE() << problem.Text();
        ASSERT_EQ(loaded.config.stations.size(), 1u);
        EXPECT_EQ(loaded.config.stations[0].callsign, callsign);
    }
}

}  // namespace
}  // namespace aircheck::cli

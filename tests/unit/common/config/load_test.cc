// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "common/config/config.h"
#include "proto/endpoints.h"

namespace aircheck::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kFile = "/etc/aircheck/aircheck.yaml";

LoadResult ParseText(const std::string& yaml) {
    return Parse(yaml, kFile);
}

std::vector<std::string> Texts(const LoadResult& result) {
    std::vector<std::string> texts;
    for (const auto& problem : result.problems) texts.push_back(problem.Text());
    return texts;
}

/// What is wrong with a file that is right but for `lines`, without the file's name.
std::string Wrong(const std::string& lines) {
    const auto result = ParseText("storage: /r\nstations: {a: 'http://h/'}\n" + lines);
    std::string all;
    for (const auto& text : Texts(result)) {
        all += (all.empty() ? "" : "; ") + text.substr(std::string(kFile).size() + 1);
    }
    return all;
}

TEST(Config, SmallestFileHasTheDefaults) {
    const auto result = ParseText("storage: /radio/\nstations:\n  kpcc: https://h/kpcc.mp3\n");
    ASSERT_THAT(Texts(result), IsEmpty());
    const auto& config = result.config;
    EXPECT_EQ(config.file, kFile);
    EXPECT_EQ(config.storage, "/radio");
    EXPECT_THAT(config.listen, ElementsAre(Endpoint{"127.0.0.1", 5000}));
    EXPECT_EQ(config.min_free, 2ull << 30);
    EXPECT_FALSE(config.machines);
    EXPECT_FALSE(config.cloud);
    ASSERT_THAT(config.stations, SizeIs(1));
    const auto& station = config.stations[0];
    EXPECT_EQ(station.callsign, "kpcc");
    EXPECT_EQ(station.name, "kpcc");
    EXPECT_THAT(station.streams, ElementsAre("https://h/kpcc.mp3"));
    EXPECT_EQ(station.cascade_time, 15min);
    EXPECT_EQ(DiskRetention(config, station), 14 * 24h);
    EXPECT_EQ(CloudRetention(station), 14 * 24h);
    EXPECT_EQ(config.FindStation("kpcc"), &station);
    EXPECT_EQ(config.FindStation("wxyz"), nullptr);
}

constexpr const char* kFull = R"(storage: archive/../radio
listen: ['[::1]:5000', 0.0.0.0:0, localhost:8080]
public_url: https://radio.example.org
trusted_proxies: [127.0.0.1, 10.1.2.3/8, '::1', '2001:db8::/32']
token_file: /secret/token
loglevel: debug
cascade_time: 30m
cascade_buffer: 20s
cycle_time: 5s
restart_overlap: 10s
restart_timeout: 45s
segment_time: 10m
disk_archive: 2d
prune_every: 0.25d
max_disk: 200G
min_free: 0
sync: 5s
downloaders: 2
webapis: 3
rate_limit: off
loudness: no
silence_after: 1m
access_log: log/access
tap: tcp://*:5001
username: all
headers: {Referer: 'https://example.org/'}
machines: {listen: '[::]:43278', check: 10s, timeout: 8s, expect: [10.0.0.7, '2001:DB8:0::8', 10.0.0.8/attic]}
stations:
  first:
    stream: [https://h/1.mp3, 'http://[2001:db8::1]:8000/;']
    timezone: America/Los_Angeles
    name: "The First"
    user_agent: Radio/1.0
    headers: {X-Token: abc, Accept: '*/*'}
    password: 1234
    charset: windows-1252
    http1_only: yes
    cascade_time: off
    cloud_archive: 30d
    silence_after: off
    silence_below: -62
  second: [https://h/2.mp3, https://h/2.aac]
)";

TEST(Config, ReadsEveryKey) {
    const auto result = ParseText(kFull);
    ASSERT_THAT(Texts(result), IsEmpty());
    const auto& config = result.config;
    EXPECT_EQ(config.storage, "/etc/aircheck/radio");
    EXPECT_THAT(config.listen, ElementsAre(Endpoint{"::1", 5000}, Endpoint{"0.0.0.0", 0},
                                           Endpoint{"localhost", 8080}));
    EXPECT_EQ(config.public_url, "https://radio.example.org/");
    EXPECT_EQ(Describe(config).at("trusted_proxies"), "127.0.0.1, 10.0.0.0/8, ::1, 2001:db8::/32");
    EXPECT_EQ(config.token_file, "/secret/token");
    EXPECT_EQ(config.loglevel, "debug");
    EXPECT_EQ(config.restart_timeout, 45s);
    EXPECT_EQ(config.prune_every, 6h);
    EXPECT_EQ(config.min_free, 0u);
    EXPECT_EQ(config.downloaders, 2);
    EXPECT_EQ(config.webapis, 3);
    EXPECT_EQ(config.rate_limit, 0);
    EXPECT_FALSE(config.loudness);
    EXPECT_EQ(Describe(config).at("stations.first.silence_after"), "off");
    EXPECT_EQ(config.defaults.silence_after, 1min);
    EXPECT_EQ(config.defaults.silence_below, -50);
    EXPECT_EQ(config.access_log, "/etc/aircheck/log/access");
    EXPECT_EQ(config.tap, "tcp://*:5001");
    ASSERT_TRUE(config.machines);
    EXPECT_EQ(config.machines->listen, (Endpoint{"::", 43278}));
    EXPECT_EQ(config.machines->check, 10s);
    EXPECT_EQ(config.machines->timeout, 8s);
    EXPECT_THAT(config.machines->expect, ElementsAre("10.0.0.7", "2001:db8::8", "10.0.0.8/attic"));

    ASSERT_THAT(config.stations, SizeIs(2));
    const auto& first = config.stations[0];
    EXPECT_THAT(first.streams, ElementsAre("https://h/1.mp3", "http://[2001:db8::1]:8000/;"));
    EXPECT_EQ(first.timezone, "America/Los_Angeles");
    EXPECT_EQ(first.name, "The First");
    EXPECT_EQ(first.user_agent, "Radio/1.0");
    EXPECT_EQ(first.headers,
              (std::map<std::string, std::string>{{"X-Token", "abc"}, {"Accept", "*/*"}}));
    EXPECT_EQ(first.username, "all");
    EXPECT_EQ(first.password, "1234");
    EXPECT_EQ(first.charset, "windows-1252");
    EXPECT_TRUE(first.http1_only);
    EXPECT_EQ(first.cascade_time, std::nullopt);
    EXPECT_EQ(first.silence_after, std::nullopt);
    EXPECT_EQ(first.silence_below, -62);
    EXPECT_EQ(first.cascade_buffer, 20s);
    EXPECT_EQ(DiskRetention(config, first), 30 * 24h);

    const auto& second = config.stations[1];
    EXPECT_THAT(second.streams, ElementsAre("https://h/2.mp3", "https://h/2.aac"));
    EXPECT_EQ(second.cascade_time, 30min);
    EXPECT_EQ(second.cycle_time, 5s);
    EXPECT_EQ(second.restart_overlap, 10s);
    EXPECT_EQ(second.segment_time, 10min);
    EXPECT_EQ(second.sync, 5s);
    EXPECT_EQ(second.max_disk, 200ull << 30);
    EXPECT_EQ(second.headers.at("Referer"), "https://example.org/");
    EXPECT_EQ(DiskRetention(config, second), 48h);
}

TEST(Config, ReportsTenMistakesAtOnceEachInItsLine) {
    const auto result = ParseText(R"(storage: /radio
listen: 127.0.0.1:99999
loglevel: chatty
cascade_tiem: 15m
cycle_time: 7
max_disk: lots
downloaders: [2]
stations:
  kpcc:
    stream: ftp://example.org/kpcc
    timezone: Mars/Olympus
  kpcc: https://example.org/again
  help: https://example.org/help
  empty:
    name: Nothing to hear
)");
    EXPECT_THAT(
        Texts(result),
        ElementsAre(
            HasSubstr(":2:9: listen: expected address:port such as 127.0.0.1:5000"),
            HasSubstr(":3:11: loglevel: expected debug, info, warn or error, not \"chatty\""),
            HasSubstr(":4:1: cascade_tiem: unknown key; did you mean \"cascade_time\"?"),
            HasSubstr(":5:13: cycle_time: expected a duration such as 90s, 15m, 2h or 1.2d, not"),
            HasSubstr(":6:11: max_disk: expected a size such as 500M or 20G, not \"lots\""),
            HasSubstr(":7:14: downloaders: expected a number from 1 to 256, not a list"),
            HasSubstr(":10:13: stations.kpcc.stream: expected a URL such as"),
            HasSubstr(":11:15: stations.kpcc.timezone: expected an IANA time zone"),
            HasSubstr(":12:3: stations.kpcc: given twice, first in line 9"),
            HasSubstr(":13:3: stations.help: expected a callsign that is not a word of the web"),
            HasSubstr(":14:3: stations.empty: missing: \"stream\"")));
}

TEST(Config, RefusesWhatIsNoConfiguration) {
    struct Case {
        const char* yaml;
        const char* problem;
    };
    for (const auto& [yaml, problem] : {
             Case{"", "yaml: stations: missing"},
             Case{"# nothing\n", "yaml: storage: missing"},
             Case{"hello", "yaml:1:1: expected a map with storage"},
             Case{"- a\n- b\n", "yaml:1:1: expected a map"},
             Case{"a: [1, 2\nb: 3\n", "this is not YAML"},
             Case{"a: 1\n\tb: 2\n", "yaml:2:1: this is not YAML"},
             Case{"storage: /r\nstations: {a: http://h/}\n---\nb: c\n", "expected one YAML doc"},
             Case{"? [x]\n: 1\n", "yaml:1:3: expected a key, a plain word"},
             Case{"storage: *nowhere\n", "this is not YAML"},
             Case{"storage: /r\nstations:\n", "yaml:2:1: stations: expected at least one"},
             Case{"storage: /r\nstations: {}\n", "not an empty map"},
             Case{"storage: /r\nstations: [a]\n", "not a list"},
             Case{"storage: /r\nstations:\n  a:\n", "yaml:3:3: stations.a: missing: \"stream\""},
             Case{"storage: /r\nstations: {a: {stream: []}}\n", "not an empty list"},
             Case{"storage: /r\nstations: {a: {stream: {b: c}}}\n", "not a map"},
             Case{"storage: /r\nstations: {KPCC: http://h/}\n", "did you mean \"kpcc\"?"},
             Case{"storage: /r\nstations: {a: {storage: /x, stream: http://h/}}\n",
                  "stations.a.storage: belongs at the top"},
             Case{"storage: /r\nstations: {a: {steam: http://h/}}\n", "did you mean \"stream\"?"},
             Case{"storage: ~other/radio\nstations: {a: http://h/}\n", "storage: expected a path"},
             Case{"storage: ~\nstations: {a: http://h/}\n",
                  "storage: expected a path such as "
                  "~/radio or /var/lib/radio, not noth"},
             Case{"storage: \"/a\\0b\"\nstations: {a: http://h/}\n", "without control characters"},
         }) {
        const auto result = ParseText(yaml);
        EXPECT_THAT(Texts(result), testing::Contains(HasSubstr(problem))) << yaml;
    }
}

TEST(Config, SaysWhatIsWrongWithAValue) {
    EXPECT_EQ(Wrong(""), "");
    for (const auto* line : {
             "listen: 5000",
             "listen: ::1:5000",
             "listen: '[::g]:1'",
             "listen: 'a b:1'",
             "listen: 1.2.3.4:65536",
             "listen: 1.2.3.4:-1",
             "listen: ':80'",
             "listen: []",
             "listen: [[1.2.3.4:80]]",
             "public_url: radio.example.org",
             "public_url: https://u:p@h/",
             "public_url: https://h/?q",
             "trusted_proxies: proxy.example.org",
             "trusted_proxies: 10.0.0.0/33",
             "trusted_proxies: [10.0.0.1, 'all']",
             "trusted_proxies: {a: 10.0.0.1}",
             "tap: ipc:///tmp/x",
             "tap: tcp://*",
             "tap: tcp://1.2.3.4:http",
             "cascade_time: never",
             "cascade_time: 0s",
             "cascade_buffer: off",
             "cascade_buffer: 15m",
             "sync: -5s",
             "sync: nans",
             "disk_archive: 101y",
             "max_disk: 0",
             "max_disk: -1G",
             "min_free: 1e9",
             "downloaders: 0",
             "downloaders: 257",
             "downloaders: 1.5",
             "webapis: many",
             "rate_limit: 0",
             "rate_limit: -5",
             "access_log: [a]",
             "http1_only: maybe",
             "loudness: loud",
             "silence_after: 0s",
             "silence_below: 0",
             "silence_below: -121",
             "silence_below: -50dB",
             "silence_below: off",
             "charset: klingon",
             "charset: 'utf-8//IGNORE'",
             "charset: ''",
             "timezone: ../../etc/passwd",
             "headers: a",
             "headers: {'a b': c}",
             "headers: {a: \"b\\r\\nc: d\"}",
             "headers: {a: [b]}",
             "user_agent: {a: b}",
             "machines: 10.0.0.7",
             "machines: {check: 0s}",
             "machines: {port: 1}",
             "machines: {listen: 43278}",
             "machines: {expect: [attic.example.org]}",
             "machines: {expect: [10.0.0.8 attic]}",
             "machines: {expect: [10.0.0.8/]}",
             "stream: http://h/",
             "colour: red",
             "storage: /x",
             "name: \"a\\u0085b\\x07\"",
             "cloud: s3",
             "cloud: {}",
             "cloud: {service: ftp}",
         }) {
        const auto wrong = Wrong(line);
        EXPECT_THAT(wrong, testing::StartsWith("3:")) << line;
        EXPECT_EQ(wrong.find("; 3:"), std::string::npos) << wrong;
    }
}

TEST(Config, CascadeBufferMustBeShorterThanCascadeTime) {
    EXPECT_THAT(Wrong("cascade_time: 10s"),
                HasSubstr("3:1: cascade_time: expected a cascade_buffer shorter"));
    EXPECT_EQ(Wrong("cascade_time: off\ncascade_buffer: 1h"), "");
    EXPECT_THAT(Texts(ParseText("storage: /r\ncascade_time: 1h\ncascade_buffer: 10m\n"
                                "stations: {a: {stream: http://h/, cascade_time: 5m}}\n")),
                ElementsAre(HasSubstr("stations.a.cascade_time: expected a cascade_buffer")));
}

TEST(Config, StorageMustLeaveRoomForSockets) {
    const std::string longest(proto::kMaxStoragePath - 1, 'x');
    const std::string rest = "\nstations: {a: http://h/}\n";
    EXPECT_THAT(Texts(ParseText("storage: /" + longest + rest)), IsEmpty());
    EXPECT_THAT(Texts(ParseText("storage: /" + longest + "y" + rest)),
                ElementsAre(HasSubstr("storage: expected a path of at most")));
}

TEST(Config, ProblemsAreOneLineEach) {
    const auto result = ParseText("storage: /r\x07\n\nstations: {'a\n\n b': {c: 1}}\n");
    ASSERT_FALSE(result.ok());
    for (const auto& text : Texts(result)) EXPECT_EQ(text.find_first_of("\n\r\x07"), text.npos);
}

TEST(Config, DeepNestingIsRefused) {
    EXPECT_FALSE(ParseText(std::string(100'000, '[')).ok());
    EXPECT_FALSE(ParseText(std::string(100'000, '{')).ok());
}

TEST(Config, BytesThatAreNoTextAreRefusedAtOnce) {
    const auto result = Parse(",torag" + std::string(38, '\xff') + "ogls", "aircheck.yaml");
    ASSERT_EQ(result.problems.size(), 1U);
    EXPECT_NE(result.problems[0].message.find("UTF-8"), std::string::npos);
}

TEST(Config, ControlCharactersAreRefusedAtOnce) {
    const std::string zeros(12, '\0');
    const auto result = Parse("storage: /r\n,s3, endpoint" + zeros + "t", "aircheck.yaml");
    ASSERT_EQ(result.problems.size(), 1U);
    EXPECT_EQ(result.problems[0].line, 2);
    EXPECT_EQ(result.problems[0].column, 14);
    EXPECT_NE(result.problems[0].message.find("control character (0)"), std::string::npos);
}

TEST(Config, ACommaAtTheBeginningIsRefused) {
    const auto result = ParseText(",s3");
    ASSERT_FALSE(result.ok());
    EXPECT_NE(result.problems.back().message.find("one YAML document"), std::string::npos);
}

TEST(Config, EachRecorderIsADownloaderOfItsOwn) {
    EXPECT_EQ(DownloaderCount(ParseText("storage: /r\nstations: {a: http://a/}\n").config), 1);
    const auto two = ParseText(
        "storage: /r\nstations:\n  a: {stream: http://a/, recorders: 2}\n  b: http://b/\n");
    ASSERT_TRUE(two.ok());
    EXPECT_EQ(DownloaderCount(two.config), 2);
    EXPECT_FALSE(ParseText("storage: /r\nstations: {a: {stream: http://a/, recorders: 5}}\n").ok());
}

TEST(Config, AnchorsMayReferToThemselves) {
    EXPECT_FALSE(ParseText("storage: /r\nstations: &s\n  a: *s\n").ok());
    EXPECT_FALSE(ParseText("storage: /r\nlisten: &l [*l]\nstations: {a: http://h/}\n").ok());
}

TEST(Config, FileThatCannotBeReadIsAProblem) {
    EXPECT_THAT(Texts(Load("/nowhere/at/all.yaml")),
                ElementsAre("/nowhere/at/all.yaml: cannot read /nowhere/at/all.yaml: "
                            "No such file or directory"));
    EXPECT_THAT(Texts(Load("/tmp")), ElementsAre(HasSubstr("Is a directory")));
    EXPECT_THAT(Texts(Load("/dev/zero")), ElementsAre(HasSubstr("longer than")));
}

TEST(Config, TildeIsTheHomeFolder) {
    setenv("HOME", "/home/listener", 1);
    const auto result = ParseText("storage: ~/radio\nstations: {a: http://h/}\n");
    EXPECT_EQ(result.config.storage, "/home/listener/radio");
}

}  // namespace
}  // namespace aircheck::config

// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/util/ip_address.h"
#include "proto/beat.h"

namespace aircheck::config {

using Duration = std::chrono::milliseconds;

struct Endpoint {
    std::string host;  // an address or a name, without brackets
    std::uint16_t port = 0;

    bool operator==(const Endpoint&) const = default;
};

/// What may stand at the top, for all stations, and in a station, for that one.
struct StationDefaults {
    std::optional<Duration> cascade_time = std::chrono::minutes{15};  // nullopt: off
    Duration cascade_buffer = std::chrono::seconds{15};
    Duration cycle_time = std::chrono::seconds{7};
    Duration restart_overlap = std::chrono::seconds{15};
    Duration segment_time = std::chrono::minutes{15};
    Duration sync = std::chrono::seconds{10};
    std::optional<Duration> disk_archive;  // as written; see DiskRetention
    std::optional<Duration> cloud_archive;
    std::optional<std::uint64_t> max_disk;  // bytes
    std::string timezone;                   // IANA; empty: the machine's own
    std::string user_agent;                 // empty: the program's own
    std::map<std::string, std::string> headers;
    std::string username;
    std::string password;
    std::string charset;      // of ICY titles that are not UTF-8; empty: Latin-1
    bool http1_only = false;  // for servers that break when offered HTTP/2
    std::optional<Duration> silence_after = std::chrono::seconds{30};  // nullopt: off
    int silence_below = -50;                                           // dBFS, over 0.1 s
    int recorders = 1;  // downloader processes that record it at once

    bool operator==(const StationDefaults&) const = default;
};

struct StationConfig : StationDefaults {
    std::string callsign;
    std::string name;                  // for people; the callsign if not given
    std::vector<std::string> streams;  // fallbacks in order; at least one

    bool operator==(const StationConfig&) const = default;
};

/// Other machines, whose heartbeats are heard.
struct MachinesConfig {
    Endpoint listen{"0.0.0.0", proto::kBeatPort};
    Duration check = std::chrono::seconds{20};
    Duration timeout = std::chrono::seconds{15};
    std::vector<std::string> expect;  // as proto::MachineId has them

    bool operator==(const MachinesConfig&) const = default;
};

/// Secrets are kept as given; `*_file` and the environment are resolved when loading.
struct CloudConfig {
    std::string service;  // s3, sftp or azure
    std::map<std::string, std::string> options;
};

struct Config {
    std::filesystem::path file;     // where it was read from
    std::string text;               // what was read
    std::filesystem::path storage;  // absolute
    std::vector<Endpoint> listen{{"127.0.0.1", 5000}};
    std::string public_url;                        // empty: from the request; else ends in '/'
    std::vector<util::IpNetwork> trusted_proxies;  // whose word about the request counts
    std::filesystem::path token_file;
    std::string loglevel = "info";
    Duration restart_timeout = std::chrono::seconds{60};
    Duration prune_every = std::chrono::hours{12};
    std::uint64_t min_free = std::uint64_t{2} << 30;     // bytes
    std::uint64_t cloud_cache = std::uint64_t{2} << 30;  // bytes, of what was read from there
    int downloaders = 1;
    int webapis = 1;
    bool loudness = true;              // how loud the sound is, is worked out
    int rate_limit = 20;               // costly requests a second of one client; 0: no limit
    std::filesystem::path access_log;  // empty: none
    std::string tap;                   // empty: ipc only
    std::filesystem::path tap_key;     // encrypts `tap`; empty: it is open
    std::optional<MachinesConfig> machines;
    std::optional<CloudConfig> cloud;
    StationDefaults defaults;
    std::vector<StationConfig> stations;  // in the file's order

    const StationConfig* FindStation(std::string_view callsign) const;
};

/// How many downloader processes there are: at least as many as any station wants.
int DownloaderCount(const Config& config);

/// How long a station's sound stays on this disk. With a cloud: `disk_archive` (1.2 d if not
/// given). Without one there is nowhere to move it to, so it stays for as long as was asked for:
/// `cloud_archive` if given, else `disk_archive` if given, else 14 d.
Duration DiskRetention(const Config& config, const StationConfig& station);

/// How long it stays anywhere: `cloud_archive`, 14 d if not given.
Duration CloudRetention(const StationConfig& station);

/// One thing wrong with a configuration file. Prints as "file:line:column: key: message".
struct Problem {
    std::string file;
    int line = 0;         // from 1; 0: the file as a whole
    int column = 0;       // from 1
    std::string key;      // dotted path, "stations.kpcc.stream"
    std::string message;  // what was expected, and the nearest known key where that helps

    std::string Text() const;
};

struct LoadResult {
    Config config;  // complete only if there are no problems
    std::vector<Problem> problems;

    bool ok() const { return problems.empty(); }
};

/// Reads and checks the whole file: every problem at once. Never throws for what the file says.
LoadResult Load(const std::filesystem::path& file);

/// The same from a copy that was made of `file`; what is relative to it, and what problems say,
/// stays the same.
LoadResult LoadCopy(const std::filesystem::path& copy, const std::filesystem::path& file);
LoadResult Parse(const std::string& yaml, const std::filesystem::path& file);

/// The configuration without secrets, for `/stats`: keys as in the file, values as text.
std::map<std::string, std::string> Describe(const Config& config);

}  // namespace aircheck::config

// SPDX-License-Identifier: MIT
#include "common/config/keys.h"

#include <array>
#include <utility>

#include "common/config/values.h"
#include "common/util/ip_address.h"
#include "common/util/units.h"

namespace aircheck::config {
namespace {

constexpr std::string_view kDuration = "a duration such as 90s, 15m, 2h or 1.2d";
constexpr std::string_view kDurationOrOff = "a duration such as 90s or 15m, or off";
constexpr std::string_view kSize = "a size such as 500M or 20G";
constexpr std::string_view kPath = "a path such as ~/radio or /var/lib/radio";
constexpr std::string_view kCount = "a number from 1 to 256";
constexpr std::string_view kEndpoint = "address:port such as 127.0.0.1:5000 or [::1]:5000";
constexpr std::string_view kText = "a text";
constexpr std::string_view kUrl = "a URL such as https://stream.example.org/radio.mp3";

std::string Show(const std::string& value) {
    return value;
}
std::string Show(const std::filesystem::path& value) {
    return value.string();
}
std::string Show(bool value) {
    return value ? "true" : "false";
}
std::string Show(int value) {
    return std::to_string(value);
}
std::string Show(std::uint64_t bytes) {
    return std::to_string(bytes);
}
std::string Show(Duration value) {
    return util::FormatDuration(value);
}
std::string Show(const Endpoint& value) {
    return Print(value);
}
std::string Show(const util::IpNetwork& value) {
    return util::Format(value);
}
template <typename T>
std::string Show(const std::optional<T>& value) {
    return value ? Show(*value) : "";
}
template <typename T>
std::string Show(const std::vector<T>& values) {
    std::string text;
    for (const auto& value : values) {
        if (!text.empty()) text += ", ";
        text += Show(value);
    }
    return text;
}

template <typename Target, typename Value>
Target TargetOf(Value Target::*);

/// A key whose one scalar `Read` turns into `Member`.
template <auto Member, auto Read>
constexpr auto Scalar(std::string_view name, std::string_view expected) {
    using Target = decltype(TargetOf(Member));
    return Key<Target>{
        name,
        expected,
        Shape::kScalar,
        [](Target& target, const Item& item) {
            auto value = Read(item.text);
            if (!value) return false;
            target.*Member = *std::move(value);
            return true;
        },
        [](const Target& target) { return Show(target.*Member); },
    };
}

/// A key whose scalars `Read` turns into the elements of `Member`.
template <auto Member, auto Read>
constexpr auto List(std::string_view name, std::string_view expected, Shape shape) {
    using Target = decltype(TargetOf(Member));
    return Key<Target>{
        name,
        expected,
        shape,
        [](Target& target, const Item& item) {
            if (item.first) (target.*Member).clear();
            auto value = Read(item.text);
            if (!value) return false;
            (target.*Member).push_back(*std::move(value));
            return true;
        },
        [](const Target& target) { return Show(target.*Member); },
    };
}

std::string ShowPassword(const StationDefaults& station) {
    return std::string(station.password.empty() ? "" : kHidden);
}

std::string ShowCascadeTime(const StationDefaults& station) {
    return station.cascade_time ? Show(*station.cascade_time) : "off";
}

std::string ShowSilenceAfter(const StationDefaults& station) {
    return station.silence_after ? Show(*station.silence_after) : "off";
}

std::string ShowHeaders(const StationDefaults& station) {
    std::string text;
    for (const auto& [name, value] : station.headers) {
        if (!text.empty()) text += ", ";
        text += name + ": ";
        text += IsSecretName(name) ? kHidden : std::string_view(value);
    }
    return text;
}

bool TakeHeader(StationDefaults& station, const Item& item) {
    if (item.first) station.headers.clear();
    if (!IsHeaderName(item.name)) return false;
    return station.headers.emplace(item.name, item.text).second;
}

std::string ShowStreams(const StationConfig& station) {
    std::string text;
    for (const auto& url : station.streams) {
        if (!text.empty()) text += ", ";
        text += HideSecrets(url);
    }
    return text;
}

/// The same row, shown in a way of its own.
template <typename Target>
constexpr Key<Target> ShownBy(Key<Target> key, std::string (*show)(const Target&)) {
    key.show = show;
    return key;
}

std::string ShowRateLimit(const Config& config) {
    return config.rate_limit > 0 ? Show(config.rate_limit) : "off";
}

constexpr auto kTopKeys = std::to_array<Key<Config>>({
    Scalar<&Config::storage, ReadPath>("storage", kPath),
    List<&Config::listen, ReadEndpoint>("listen", kEndpoint, Shape::kNonEmptyList),
    Scalar<&Config::public_url, ReadBaseUrl>("public_url",
                                             "a URL such as https://radio.example.org/"),
    List<&Config::trusted_proxies, util::ParseIpNetwork>(
        "trusted_proxies", "a list of addresses such as 127.0.0.1 or 10.0.0.0/8", Shape::kList),
    Scalar<&Config::token_file, ReadPath>("token_file", kPath),
    Scalar<&Config::loglevel, ReadLogLevel>("loglevel", "debug, info, warn or error"),
    Scalar<&Config::restart_timeout, ReadDuration>("restart_timeout", kDuration),
    Scalar<&Config::prune_every, ReadDuration>("prune_every", kDuration),
    Scalar<&Config::min_free, util::ParseSize>("min_free", kSize),
    Scalar<&Config::cloud_cache, ReadSize>("cloud_cache", kSize),
    Scalar<&Config::downloaders, ReadCount>("downloaders", kCount),
    Scalar<&Config::webapis, ReadCount>("webapis", kCount),
    Scalar<&Config::loudness, ReadBool>("loudness", "true or false"),
    ShownBy(Scalar<&Config::rate_limit, ReadRateOrOff>(
                "rate_limit", "requests a second, from 1 to 100000, or off"),
            ShowRateLimit),
    Scalar<&Config::access_log, ReadPath>("access_log", kPath),
    Scalar<&Config::tap, ReadTap>("tap", "tcp://address:port such as tcp://127.0.0.1:5001"),
    Scalar<&Config::tap_key, ReadPath>("tap_key", kPath),
});

constexpr auto kSharedKeys = std::to_array<Key<StationDefaults>>({
    ShownBy(
        Scalar<&StationDefaults::cascade_time, ReadDurationOrOff>("cascade_time", kDurationOrOff),
        ShowCascadeTime),
    Scalar<&StationDefaults::cascade_buffer, ReadDuration>("cascade_buffer", kDuration),
    Scalar<&StationDefaults::cycle_time, ReadDuration>("cycle_time", kDuration),
    Scalar<&StationDefaults::restart_overlap, ReadDuration>("restart_overlap", kDuration),
    Scalar<&StationDefaults::segment_time, ReadDuration>("segment_time", kDuration),
    Scalar<&StationDefaults::sync, ReadDuration>("sync", kDuration),
    ShownBy(
        Scalar<&StationDefaults::silence_after, ReadDurationOrOff>("silence_after", kDurationOrOff),
        ShowSilenceAfter),
    Scalar<&StationDefaults::silence_below, ReadLevel>(
        "silence_below", "a level in dBFS from -120 to -1, such as -50"),
    Scalar<&StationDefaults::recorders, ReadRecorders>("recorders", "a whole number from 1 to 4"),
    Scalar<&StationDefaults::disk_archive, ReadDuration>("disk_archive", kDuration),
    Scalar<&StationDefaults::cloud_archive, ReadDuration>("cloud_archive", kDuration),
    Scalar<&StationDefaults::max_disk, ReadSize>("max_disk", kSize),
    Scalar<&StationDefaults::timezone, ReadTimezone>("timezone",
                                                     "an IANA time zone such as Europe/Berlin"),
    Scalar<&StationDefaults::user_agent, ReadText>("user_agent", kText),
    {"headers", "header names with a text each, such as Referer: https://example.org/", Shape::kMap,
     TakeHeader, ShowHeaders},
    Scalar<&StationDefaults::username, ReadText>("username", kText),
    ShownBy(Scalar<&StationDefaults::password, ReadText>("password", kText), ShowPassword),
    Scalar<&StationDefaults::charset, ReadCharset>("charset", "a character set such as ISO-8859-2"),
    Scalar<&StationDefaults::http1_only, ReadBool>("http1_only", "true or false"),
});

constexpr auto kStationKeys = std::to_array<Key<StationConfig>>({
    ShownBy(List<&StationConfig::streams, ReadUrl>("stream", kUrl, Shape::kNonEmptyList),
            ShowStreams),
    Scalar<&StationConfig::name, ReadText>("name", kText),
});

constexpr auto kMachinesKeys = std::to_array<Key<MachinesConfig>>({
    Scalar<&MachinesConfig::listen, ReadEndpoint>("listen", kEndpoint),
    Scalar<&MachinesConfig::check, ReadDuration>("check", kDuration),
    Scalar<&MachinesConfig::timeout, ReadDuration>("timeout", kDuration),
    List<&MachinesConfig::expect, ReadMachine>(
        "expect", "a list of addresses such as 10.0.0.7 or 10.0.0.8/attic", Shape::kList),
});

}  // namespace

std::span<const Key<Config>> TopKeys() {
    return kTopKeys;
}

std::span<const Key<StationDefaults>> SharedKeys() {
    return kSharedKeys;
}

std::span<const Key<StationConfig>> StationKeys() {
    return kStationKeys;
}

std::span<const Key<MachinesConfig>> MachinesKeys() {
    return kMachinesKeys;
}

}  // namespace aircheck::config

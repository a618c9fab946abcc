// SPDX-License-Identifier: MIT
#include "common/config/cloud.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "common/config/values.h"
#include "common/util/text.h"

namespace aircheck::config {
namespace {

constexpr Duration kShortestLease = std::chrono::minutes{1};
constexpr Duration kDefaultLease = std::chrono::hours{3 * 24};

bool AnyText(std::string_view text) {
    return !text.empty();
}

bool Url(std::string_view text) {
    return ReadBaseUrl(text).has_value();
}

bool Port(std::string_view text) {
    const auto port = util::ParseInteger(text);
    return port && *port >= 1 && *port <= 65535;
}

bool YesOrNo(std::string_view text) {
    return ReadBool(text).has_value();
}

bool LongTime(std::string_view text) {
    const auto duration = ReadDuration(text);
    return duration && *duration >= kShortestLease;
}

bool Size(std::string_view text) {
    return ReadSize(text).has_value();
}

/// Plain decimals: "0.023".
bool Price(std::string_view text) {
    const auto point = text.find('.');
    const auto digits = [](std::string_view part) {
        return !part.empty() && part.size() <= 9 &&
               std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
    };
    if (point == std::string_view::npos) return digits(text);
    return digits(text.substr(0, point)) && digits(text.substr(point + 1));
}

constexpr std::string_view kText = "a text";
constexpr std::string_view kPrefix = "what comes before the names of objects, as in radio/kept";
constexpr std::string_view kCaFile = "the path of a file with certificates";
constexpr std::string_view kUrl = "a URL such as https://s3.example.org";
constexpr bool kRequired = true;
using enum OptionKind;

constexpr CloudKey kPrice{"price_per_gb", "a price for a gigabyte and month, such as 0.023",
                          !kRequired, kPlain, Price};

constexpr CloudKey kOfficial{"official", "yes or no", !kRequired, kPlain, YesOrNo};
constexpr CloudKey kLease{"lease", "a duration of at least a minute such as 3d", !kRequired, kPlain,
                          LongTime};
constexpr CloudKey kBandwidth{"bandwidth", "bytes a second such as 500K", !kRequired, kPlain, Size};

constexpr auto kS3 = std::to_array<CloudKey>({
    {"endpoint", kUrl, kRequired, kPlain, Url},
    {"bucket", kText, kRequired, kPlain, AnyText},
    {"region", kText, !kRequired, kPlain, AnyText},
    {"access_key_id", kText, kRequired, kSecret, AnyText},
    {"secret_access_key", kText, kRequired, kSecret, AnyText},
    {"prefix", kPrefix, !kRequired, kPlain, AnyText},
    {"path_style", "yes or no", !kRequired, kPlain, YesOrNo},
    {"ca_file", kCaFile, !kRequired, kPath, AnyText},
    kPrice,
    kOfficial,
    kLease,
    kBandwidth,
});

constexpr auto kAzure = std::to_array<CloudKey>({
    {"account", kText, kRequired, kPlain, AnyText},
    {"container", kText, kRequired, kPlain, AnyText},
    {"key", kText, !kRequired, kSecret, AnyText},
    {"sas", kText, !kRequired, kSecret, AnyText},
    {"endpoint", kUrl, !kRequired, kPlain, Url},
    {"prefix", kPrefix, !kRequired, kPlain, AnyText},
    {"ca_file", kCaFile, !kRequired, kPath, AnyText},
    kPrice,
    kOfficial,
    kLease,
    kBandwidth,
});

constexpr auto kSftp = std::to_array<CloudKey>({
    {"host", kText, kRequired, kPlain, AnyText},
    {"port", "a port from 1 to 65535", !kRequired, kPlain, Port},
    {"user", kText, kRequired, kPlain, AnyText},
    {"password", kText, !kRequired, kSecret, AnyText},
    {"key_file", "the path of a private key", !kRequired, kPath, AnyText},
    {"path", "a path on the server", !kRequired, kPlain, AnyText},
    {"known_hosts", "the path of a known_hosts file", !kRequired, kPath, AnyText},
    kPrice,
    kOfficial,
    kLease,
    kBandwidth,
});

struct EnvironmentName {
    std::string_view option;
    const char* variable;
};

constexpr std::array kS3Environment{
    EnvironmentName{"access_key_id", "AWS_ACCESS_KEY_ID"},
    EnvironmentName{"secret_access_key", "AWS_SECRET_ACCESS_KEY"},
};

std::string VariableName(std::string_view option) {
    std::string name = "AIRCHECK_CLOUD_";
    for (const char c : option) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return name;
}

/// One of two options is enough.
void CheckEither(const CloudConfig& cloud, const char* one, const char* other,
                 std::vector<std::string>* missing) {
    if (cloud.options.contains(one) || cloud.options.contains(other)) return;
    missing->push_back(cloud.service + " needs \"" + one + "\" or \"" + other + "\"");
}

}  // namespace

std::span<const CloudKey> CloudKeys(std::string_view service) {
    if (service == "s3") return kS3;
    if (service == "azure") return kAzure;
    if (service == "sftp") return kSftp;
    return {};
}

void AddFromEnvironment(CloudConfig* cloud) {
    const auto add = [cloud](std::string_view option, const char* variable) {
        const char* value = std::getenv(variable);
        if (value && *value) cloud->options.try_emplace(std::string(option), value);
    };
    for (const auto& key : CloudKeys(cloud->service)) add(key.name, VariableName(key.name).c_str());
    if (cloud->service != "s3") return;
    for (const auto& [option, variable] : kS3Environment) add(option, variable);
}

std::vector<std::string> MissingOptions(const CloudConfig& cloud) {
    std::vector<std::string> missing;
    for (const auto& key : CloudKeys(cloud.service)) {
        if (!key.required || cloud.options.contains(std::string(key.name))) continue;
        std::string text = cloud.service + " needs \"" + std::string(key.name) + "\", here";
        if (key.kind == kSecret)
            text += ", in the file named by \"" + std::string(key.name) + "_file\"";
        missing.push_back(text + " or in the environment as " + VariableName(key.name));
    }
    if (cloud.service == "azure") CheckEither(cloud, "key", "sas", &missing);
    if (cloud.service == "sftp") CheckEither(cloud, "key_file", "password", &missing);
    return missing;
}

bool IsOfficial(const CloudConfig& cloud) {
    const auto option = cloud.options.find("official");
    return option != cloud.options.end() && ReadBool(option->second).value_or(false);
}

Duration LeaseTime(const CloudConfig& cloud) {
    const auto option = cloud.options.find("lease");
    if (option == cloud.options.end()) return kDefaultLease;
    return ReadDuration(option->second).value_or(kDefaultLease);
}

std::uint64_t Bandwidth(const CloudConfig& cloud) {
    const auto option = cloud.options.find("bandwidth");
    return option == cloud.options.end() ? 0 : ReadSize(option->second).value_or(0);
}

bool IsSecretOption(std::string_view service, std::string_view name) {
    return std::ranges::any_of(CloudKeys(service), [name](const CloudKey& key) {
        return key.kind == kSecret && key.name == name;
    });
}

}  // namespace aircheck::config

// SPDX-License-Identifier: MIT
#include "supervisor/cli/callsigns.h"

#include <algorithm>
#include <array>
#include <boost/url.hpp>
#include <set>
#include <stdexcept>

#include "common/storage/paths.h"
#include "common/util/text.h"

namespace aircheck::cli {
namespace {

namespace urls = boost::urls;

constexpr std::size_t kLongest = 40;

// Words that many stations' URLs share and that tell them apart from none.
constexpr auto kDullWords = std::to_array<std::string_view>(
    {"aac",    "aacp",      "asx",    "audio",     "broadcast", "cast",     "cdn",  "channel",
     "edge",   "flac",      "hi",     "high",      "http",      "https",    "ice",  "icecast",
     "index",  "listen",    "live",   "lo",        "low",       "m3u",      "m3u8", "media",
     "mp3",    "ogg",       "opus",   "play",      "player",    "playlist", "pls",  "radio",
     "server", "shoutcast", "stream", "streaming", "www"});

bool IsLetter(char c) {
    return c >= 'a' && c <= 'z';
}
bool IsDigit(char c) {
    return c >= '0' && c <= '9';
}

// "128", "64k", "ice4" and "mp3" are dull; "radio1" and "fm4" are names.
bool IsDull(std::string_view word) {
    const auto letters = static_cast<std::size_t>(
        std::find_if_not(word.begin(), word.end(), IsLetter) - word.begin());
    if (letters == 0) {
        const auto rest = word.find_first_not_of("0123456789");
        return rest == word.npos || word.substr(rest) == "k" || word.substr(rest) == "kbps";
    }
    const auto is_dull = [](std::string_view text) {
        return std::find(kDullWords.begin(), kDullWords.end(), text) != kDullWords.end();
    };
    if (is_dull(word)) return true;
    const std::string_view stem = word.substr(0, letters);
    const bool numbered = word.find_first_not_of("0123456789", letters) == word.npos;
    return numbered && stem != "radio" && stem != "channel" && is_dull(stem);
}

std::vector<std::string> Words(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char c : util::ToLower(text)) {
        if (IsLetter(c) || IsDigit(c)) {
            words.back() += c;
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    return words;
}

std::string TellingWords(std::string_view text) {
    std::string joined;
    for (const auto& word : Words(text)) {
        if (word.empty() || IsDull(word)) continue;
        if (joined.size() + word.size() >= kLongest) break;
        joined += (joined.empty() ? "" : "-") + word;
    }
    return joined;
}

// The last part of the path that says anything, else the host without its top-level domain.
std::string Name(const urls::url_view& url) {
    const std::string path = url.path();
    auto parts = util::Split(path, '/');
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        if (auto words = TellingWords(*part); !words.empty()) return words;
    }
    if (url.host_type() != urls::host_type::name) return "";
    const std::string host = url.host_name();
    auto labels = util::Split(host, '.');
    if (labels.size() > 1) labels.pop_back();
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
        if (auto words = TellingWords(*label); !words.empty()) return words;
    }
    return "";
}

std::string Unique(std::string name, const std::set<std::string>& taken) {
    if (name.empty()) name = "station";
    if (!storage::IsCallsign(name)) name = "station-" + name;
    std::string candidate = name;
    for (int number = 2; taken.contains(candidate) || !storage::IsCallsign(candidate); ++number) {
        candidate = name + "-" + std::to_string(number);
    }
    return candidate;
}

}  // namespace

std::string CheckStreamUrl(std::string_view text) {
    std::string url(util::Trim(text));
    const auto fail = [&url](const std::string& why) {
        throw std::invalid_argument("\"" + util::CleanUtf8(url) + "\": " + why);
    };
    if (url.empty()) fail("a stream's URL is needed");
    if (url.find("://") == std::string::npos) url = "http://" + url;
    const auto parsed = urls::parse_uri(url);
    if (!parsed) fail("not a URL; one looks like https://stream.example.org/live.mp3");
    if (parsed->scheme_id() != urls::scheme::http && parsed->scheme_id() != urls::scheme::https) {
        fail("only http and https streams can be recorded");
    }
    if (parsed->host().empty()) fail("the host is missing");
    if (parsed->has_port()) {
        const auto port = util::ParseInteger(std::string_view(parsed->port())).value_or(0);
        if (port < 1 || port > 65535) fail("the port must be 1 to 65535");
    }
    return url;
}

std::vector<std::string> MakeCallsigns(const std::vector<std::string>& stream_urls) {
    std::vector<std::string> callsigns;
    std::set<std::string> taken;
    for (const auto& url : stream_urls) {
        callsigns.push_back(Unique(Name(urls::url_view(url)), taken));
        taken.insert(callsigns.back());
    }
    return callsigns;
}

}  // namespace aircheck::cli

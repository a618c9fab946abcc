// SPDX-License-Identifier: MIT
#include "downloader/playlist.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <pugixml.hpp>
#include <utility>

#include "common/util/text.h"

namespace aircheck::downloader {
namespace {

using util::EqualsIgnoringCase;
using util::StartsWithIgnoringCase;
using util::Trim;

constexpr std::size_t kMaxUrlBytes = 4096;
constexpr std::size_t kSignatureBytes = 1024;
constexpr std::string_view kBom = "\xEF\xBB\xBF";
constexpr unsigned kLenient = CURLU_URLENCODE | CURLU_ALLOW_SPACE;

using KindName = std::pair<std::string_view, PlaylistKind>;

constexpr std::array kContentTypes{
    KindName{"audio/x-scpls", PlaylistKind::kPls},
    KindName{"audio/scpls", PlaylistKind::kPls},
    KindName{"application/pls+xml", PlaylistKind::kPls},
    KindName{"audio/mpegurl", PlaylistKind::kM3u},
    KindName{"audio/x-mpegurl", PlaylistKind::kM3u},
    KindName{"application/mpegurl", PlaylistKind::kM3u},
    KindName{"application/x-mpegurl", PlaylistKind::kM3u},
    KindName{"application/vnd.apple.mpegurl", PlaylistKind::kM3u},
    KindName{"video/x-ms-asf", PlaylistKind::kAsx},
    KindName{"video/x-ms-asx", PlaylistKind::kAsx},
    KindName{"audio/x-ms-wax", PlaylistKind::kAsx},
    KindName{"video/x-ms-wvx", PlaylistKind::kAsx},
    KindName{"application/xspf+xml", PlaylistKind::kXspf},
};

constexpr std::array kExtensions{
    KindName{".pls", PlaylistKind::kPls},   KindName{".m3u", PlaylistKind::kM3u},
    KindName{".m3u8", PlaylistKind::kM3u},  KindName{".asx", PlaylistKind::kAsx},
    KindName{".wax", PlaylistKind::kAsx},   KindName{".wvx", PlaylistKind::kAsx},
    KindName{".xspf", PlaylistKind::kXspf},
};

constexpr std::array<std::string_view, 3> kVagueTypes{"", "application/octet-stream",
                                                      "binary/octet-stream"};

std::string_view WithoutBom(std::string_view text) {
    return text.substr(text.starts_with(kBom) ? kBom.size() : 0);
}

bool IsWebUrl(std::string_view text) {
    return StartsWithIgnoringCase(text, "http://") || StartsWithIgnoringCase(text, "https://");
}

bool IsBinary(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return (c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == '\x7F';
    });
}

std::optional<PlaylistKind> KindFromBytes(std::string_view text) {
    if (StartsWithIgnoringCase(text, "[playlist]")) return PlaylistKind::kPls;
    if (StartsWithIgnoringCase(text, "#EXTM3U") || IsWebUrl(text)) return PlaylistKind::kM3u;
    if (!text.starts_with('<')) return std::nullopt;
    const std::string lower = util::ToLower(text);
    if (lower.find("<asx") != std::string::npos) return PlaylistKind::kAsx;
    if (lower.find("<playlist") != std::string::npos) return PlaylistKind::kXspf;
    return std::nullopt;
}

std::optional<PlaylistKind> KindFromUrl(std::string_view url) {
    const std::string_view path = url.substr(0, url.find_first_of("?#"));
    const std::size_t dot = path.find_last_of("./");
    if (dot == std::string_view::npos) return std::nullopt;
    for (const auto& [extension, kind] : kExtensions)
        if (EqualsIgnoringCase(path.substr(dot), extension)) return kind;
    return std::nullopt;
}

/// Resolves entries. libcurl's parser, because libcurl is what they are for: it takes the spaces
/// and letters that stations write into URLs.
class Entries {
public:
    explicit Entries(std::string_view base_url) : base_(base_url) {}

    void Add(std::string_view entry) {
        entry = Trim(entry);
        if (IsFull() || entry.empty() || entry.size() > kMaxUrlBytes || IsBinary(entry)) return;
        if (auto url = Resolve(entry)) urls_.push_back(std::move(*url));
    }

    bool IsFull() const { return urls_.size() >= kMaxPlaylistEntries; }
    std::vector<std::string> Take() { return std::move(urls_); }

private:
    std::optional<std::string> Resolve(std::string_view entry) const {
        std::string reference(entry);
        const std::size_t colon = entry.find_first_of(":/?#");
        if (colon != std::string_view::npos && entry[colon] == ':') {
            const std::string_view before = entry.substr(0, colon);
            const std::string_view after = entry.substr(colon + 1);
            const bool is_port = !after.empty() && after.front() >= '0' && after.front() <= '9';
            if (is_port && before.find('.') != std::string_view::npos)
                reference.insert(0, "http://");
            else if (!IsWebUrl(entry))
                return std::nullopt;
        }
        const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(),
                                                                      &curl_url_cleanup);
        if (!IsWebUrl(reference) &&
            curl_url_set(url.get(), CURLUPART_URL, base_.c_str(), kLenient) != CURLUE_OK)
            return std::nullopt;
        if (curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), kLenient) != CURLUE_OK)
            return std::nullopt;
        curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);

        char* text = nullptr;
        if (curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) return std::nullopt;
        const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
        std::string resolved(text);
        // A space in a name or password is not escaped.
        if (!IsWebUrl(resolved) || resolved.find(' ') != std::string::npos) return std::nullopt;
        return resolved;
    }

    std::string base_;
    std::vector<std::string> urls_;
};

std::vector<std::string_view> Lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        if (const auto line = Trim(text.substr(0, end)); !line.empty()) lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

void ParsePls(std::string_view text, Entries& entries) {
    std::vector<std::pair<long long, std::string_view>> files;
    for (const std::string_view line : Lines(text)) {
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos || !StartsWithIgnoringCase(line, "File")) continue;
        if (const auto number = util::ParseInteger(Trim(line.substr(4, equals - 4))))
            files.emplace_back(*number, line.substr(equals + 1));
    }
    std::ranges::stable_sort(files, {}, &std::pair<long long, std::string_view>::first);
    for (const auto& [number, file] : files) entries.Add(file);
}

void ParseM3u(std::string_view text, Entries& entries) {
    for (const std::string_view line : Lines(text))
        if (!line.starts_with('#')) entries.Add(line);
}

/// Collects from both kinds of XML. Element names are compared without case, which asx wants, and
/// without a namespace prefix.
class XmlWalker : public pugi::xml_tree_walker {
public:
    XmlWalker(PlaylistKind kind, Entries& entries) : kind_(kind), entries_(entries) {}

    bool for_each(pugi::xml_node& node) override {  // NOLINT(readability-identifier-naming)
        if (kind_ == PlaylistKind::kXspf) {
            if (IsNamed(node, "location") && IsNamed(node.parent(), "track"))
                entries_.Add(node.child_value());
        } else if (IsNamed(node, "ref") || IsNamed(node, "entryref")) {
            for (const pugi::xml_attribute attribute : node.attributes())
                if (EqualsIgnoringCase(attribute.name(), "href")) entries_.Add(attribute.value());
        }
        return !entries_.IsFull();
    }

private:
    static bool IsNamed(const pugi::xml_node& node, std::string_view name) {
        std::string_view own = node.name();
        if (const std::size_t colon = own.find(':'); colon != std::string_view::npos)
            own.remove_prefix(colon + 1);
        return EqualsIgnoringCase(own, name);
    }

    PlaylistKind kind_;
    Entries& entries_;
};

void ParseXml(PlaylistKind kind, std::string_view text, Entries& entries) {
    // Much asx is no well-formed XML; what could be read up to the error is kept.
    pugi::xml_document document;
    document.load_buffer(text.data(), text.size());
    XmlWalker walker(kind, entries);
    document.traverse(walker);
}

}  // namespace

std::optional<PlaylistKind> DetectPlaylist(std::string_view content_type, std::string_view url,
                                           std::string_view first_bytes) {
    const std::string_view text = Trim(WithoutBom(first_bytes.substr(0, kSignatureBytes)));
    if (IsBinary(text)) return std::nullopt;
    if (const auto kind = KindFromBytes(text)) return kind;

    std::optional<PlaylistKind> kind;
    const std::string_view type = Trim(content_type.substr(0, content_type.find(';')));
    for (const auto& [name, named_kind] : kContentTypes)
        if (EqualsIgnoringCase(type, name)) kind = named_kind;
    if (!kind && (std::ranges::count(kVagueTypes, util::ToLower(type)) > 0 ||
                  StartsWithIgnoringCase(type, "text/")))
        kind = KindFromUrl(url);

    // A page of HTML under a playlist's name is an error message.
    const bool is_markup = text.starts_with('<');
    const bool may_be_markup = kind == PlaylistKind::kAsx || kind == PlaylistKind::kXspf;
    return is_markup && !may_be_markup ? std::nullopt : kind;
}

bool IsHls(std::string_view text) {
    return std::ranges::any_of(Lines(WithoutBom(text.substr(0, kMaxPlaylistBytes))),
                               [](auto line) { return line.starts_with("#EXT-X-"); });
}

std::vector<std::string> ParsePlaylist(PlaylistKind kind, std::string_view text,
                                       std::string_view base_url) {
    text = WithoutBom(text.substr(0, kMaxPlaylistBytes));
    Entries entries(base_url);
    switch (kind) {
        case PlaylistKind::kPls:
            ParsePls(text, entries);
            break;
        case PlaylistKind::kM3u:
            ParseM3u(text, entries);
            break;
        case PlaylistKind::kAsx:
        case PlaylistKind::kXspf:
            ParseXml(kind, text, entries);
            break;
    }
    return entries.Take();
}

}  // namespace aircheck::downloader

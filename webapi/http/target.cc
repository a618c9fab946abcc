// SPDX-License-Identifier: MIT
#include "webapi/http/target.h"

#include <algorithm>

#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

int HexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool IsSafeText(std::string_view text) {
    const bool control = std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    return !control && util::IsUtf8(text);
}

bool IsSafeSegment(std::string_view segment) {
    return segment != "." && segment != ".." &&
           segment.find_first_of("/\\") == std::string_view::npos && IsSafeText(segment);
}

/// Letters, digits and what stands in `plain` as they are.
std::string Encode(std::string_view text, std::string_view plain) {
    constexpr std::string_view hex_digits = "0123456789ABCDEF";
    std::string encoded;
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9') || plain.find(c) != std::string_view::npos) {
            encoded.push_back(c);
        } else {
            encoded += {'%', hex_digits[byte >> 4], hex_digits[byte & 15]};
        }
    }
    return encoded;
}

/// False if something in it cannot be decoded.
bool ParseQuery(std::string_view text, Target& target) {
    for (std::string_view item : util::Split(text, '&')) {
        if (item.empty()) continue;
        const std::size_t equals = item.find('=');
        std::string name;
        std::string value;
        if (!PercentDecode(item.substr(0, equals), name)) return false;
        if (equals != std::string_view::npos && !PercentDecode(item.substr(equals + 1), value)) {
            return false;
        }
        if (!IsSafeText(name) || !IsSafeText(value)) return false;
        target.query.emplace_back(std::move(name), std::move(value));
    }
    return true;
}

/// The path and query of an absolute URL; the text itself if it is none.
std::string_view WithoutAuthority(std::string_view raw) {
    for (std::string_view scheme : {"http://", "https://"}) {
        if (!util::StartsWithIgnoringCase(raw, scheme)) continue;
        const std::size_t slash = raw.find_first_of("/?", scheme.size());
        return slash == std::string_view::npos ? "/" : raw.substr(slash);
    }
    return raw;
}

}  // namespace

bool PercentDecode(std::string_view text, std::string& decoded) {
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded.push_back(text[i]);
            continue;
        }
        if (text.size() - i < 3) return false;
        const int high = HexDigit(text[i + 1]);
        const int low = HexDigit(text[i + 2]);
        if (high < 0 || low < 0) return false;
        decoded.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return true;
}

std::string PercentEncode(std::string_view text) {
    return Encode(text, "-._~");
}

std::string EncodeSegment(std::string_view text) {
    return Encode(text, "-._~,:+@");
}

std::variant<Target, TargetError> ParseTarget(std::string_view raw) {
    if (raw.size() > kMaxTargetBytes) return TargetError{"The path is too long."};
    raw = WithoutAuthority(raw);
    raw = raw.substr(0, raw.find('#'));
    const std::size_t mark = raw.find('?');
    std::string_view path = raw.substr(0, mark);
    if (path.empty() || path.front() != '/') return TargetError{"A path begins with a slash."};

    Target target;
    path.remove_prefix(1);
    if (!path.empty() && path.back() == '/') path.remove_suffix(1);
    if (!path.empty()) {
        for (std::string_view piece : util::Split(path, '/')) {
            std::string segment;
            if (!PercentDecode(piece, segment)) {
                return TargetError{"The path has a percent sign that is no escape."};
            }
            if (!IsSafeSegment(segment)) {
                return TargetError{"The path has characters that no path here has."};
            }
            target.segments.push_back(std::move(segment));
        }
    }
    if (mark != std::string_view::npos && !ParseQuery(raw.substr(mark + 1), target)) {
        return TargetError{"The query after the question mark cannot be read."};
    }
    return target;
}

}  // namespace aircheck::webapi

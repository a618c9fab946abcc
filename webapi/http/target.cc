// SPDX-License-Identifier: MIT
#include "webapi/http/target.h"

#include <algorithm>

#include "common/util/percent.h"
#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

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

/// False if something in it cannot be decoded.
bool ParseQuery(std::string_view text, Target& target) {
    for (std::string_view item : util::Split(text, '&')) {
        if (item.empty()) continue;
        const std::size_t equals = item.find('=');
        auto name = util::PercentDecode(item.substr(0, equals));
        auto value = util::PercentDecode(
            equals == std::string_view::npos ? std::string_view{} : item.substr(equals + 1));
        if (!name || !value || !IsSafeText(*name) || !IsSafeText(*value)) return false;
        target.query.emplace_back(std::move(*name), std::move(*value));
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

std::string EncodeSegment(std::string_view text) {
    return util::PercentEncode(text, ",:+@");
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
            auto segment = util::PercentDecode(piece);
            if (!segment) {
                return TargetError{"The path has a percent sign that is no escape."};
            }
            if (!IsSafeSegment(*segment)) {
                return TargetError{"The path has characters that no path here has."};
            }
            target.segments.push_back(std::move(*segment));
        }
    }
    if (mark != std::string_view::npos && !ParseQuery(raw.substr(mark + 1), target)) {
        return TargetError{"The query after the question mark cannot be read."};
    }
    return target;
}

}  // namespace aircheck::webapi

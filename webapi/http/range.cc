// SPDX-License-Identifier: MIT
#include "webapi/http/range.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

#include "common/time/timestamp.h"
#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

/// Digits only; what is too large for the type is as good as the largest number.
std::optional<std::uint64_t> ParsePosition(std::string_view text) {
    if (text.empty()) return std::nullopt;
    constexpr std::uint64_t max_value = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t value = 0;
    for (char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        value = value > (max_value - digit) / 10 ? max_value : value * 10 + digit;
    }
    return value;
}

/// "a-b", "a-" or "-n" of a body of `length`; empty if none of it is there, nullopt if it is no
/// range.
std::optional<ByteRange> ParseSpec(std::string_view spec, std::uint64_t length) {
    const std::size_t dash = spec.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::string_view left = spec.substr(0, dash);
    const std::string_view right = spec.substr(dash + 1);
    const auto first = ParsePosition(left);
    const auto last = ParsePosition(right);
    if (left.empty()) {  // the last n bytes
        if (!last) return std::nullopt;
        const std::uint64_t size = std::min(*last, length);
        return ByteRange{length - size, size};
    }
    if (!first || (!right.empty() && !last) || (last && *last < *first)) return std::nullopt;
    if (*first >= length) return ByteRange{};
    const std::uint64_t end = last ? std::min(*last, length - 1) : length - 1;
    return ByteRange{*first, end - *first + 1};
}

/// In order, and those that overlap or touch as one.
std::vector<ByteRange> Joined(std::vector<ByteRange> ranges) {
    std::ranges::sort(ranges, {}, &ByteRange::first);
    std::vector<ByteRange> joined;
    for (const ByteRange& range : ranges) {
        if (joined.empty() || joined.back().end() < range.first) {
            joined.push_back(range);
        } else {
            joined.back().size = std::max(joined.back().end(), range.end()) - joined.back().first;
        }
    }
    return joined;
}

/// Whether a list of entity tags holds `etag`. Weak ones match only where `weak` is allowed.
bool ListMatches(std::string_view list, std::string_view etag, bool weak) {
    if (util::Trim(list) == "*") return true;
    for (std::string_view item : util::Split(list, ',')) {
        item = util::Trim(item);
        if (weak && item.substr(0, 2) == "W/") item.remove_prefix(2);
        if (item == etag) return true;
    }
    return false;
}

/// HTTP dates have whole seconds.
time::SysTime LastModified(const Validators& validators) {
    return std::chrono::floor<std::chrono::seconds>(*validators.last_modified);
}

/// What has no date ignores conditions that are about one.
std::optional<time::SysTime> ParseDate(std::string_view text, const Validators& validators) {
    if (!validators.last_modified) return std::nullopt;
    return time::ParseHttpDate(text);
}

}  // namespace

RangeResult ParseRange(std::string_view header, std::uint64_t length) {
    constexpr std::string_view unit = "bytes=";
    if (!util::StartsWithIgnoringCase(header, unit)) return {};
    const auto specs = util::Split(header.substr(unit.size()), ',');
    if (specs.size() > kMaxRanges) return {};
    std::vector<ByteRange> ranges;
    for (const std::string_view spec : specs) {
        const auto range = ParseSpec(util::Trim(spec), length);
        if (!range) return {};  // the whole
        if (range->size > 0) ranges.push_back(*range);
    }
    if (ranges.empty()) return {RangeResult::Kind::kUnsatisfiable, {}};
    return {RangeResult::Kind::kPart, Joined(std::move(ranges))};
}

Condition CheckConditions(const Request& request, const Validators& validators) {
    if (const auto* list = request.Header("If-Match")) {
        if (!ListMatches(*list, validators.etag, false)) return Condition::kFailed;
    } else if (const auto* text = request.Header("If-Unmodified-Since")) {
        const auto date = ParseDate(*text, validators);
        if (date && LastModified(validators) > *date) return Condition::kFailed;
    }
    if (const auto* list = request.Header("If-None-Match")) {
        if (ListMatches(*list, validators.etag, true)) return Condition::kNotModified;
    } else if (const auto* text = request.Header("If-Modified-Since")) {
        const auto date = ParseDate(*text, validators);
        if (date && LastModified(validators) <= *date) return Condition::kNotModified;
    }
    return Condition::kSend;
}

bool IfRangeHolds(const Request& request, const Validators& validators) {
    const auto* value = request.Header("If-Range");
    if (value == nullptr) return true;
    const std::string_view text = util::Trim(*value);
    if (!text.empty() && text.front() == '"') return text == validators.etag;
    const auto date = ParseDate(text, validators);  // a weak tag is no date, and never matches
    return date && *date == LastModified(validators);
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/feeds/weekdays.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "common/log/log.h"
#include "common/util/text.h"
#include "webapi/spoken/spoken_words.h"

namespace aircheck::webapi {

namespace {

constexpr std::size_t kMaxText = 80;  // longer is nothing that anybody says

constexpr std::array<std::string_view, 7> kNames = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};

constexpr auto kWords = std::to_array<std::string_view>({
    "sun",    "mon",      "tue",      "wed",       "thu",      "fri",      "sat",
    "sunday", "monday",   "tuesday",  "wednesday", "thursday", "friday",   "saturday",
    "daily",  "everyday", "weekdays", "weekday",   "weekend",  "weekends",
});

const Weekdays kEveryDay("1111111");
const Weekdays kMondayToFriday("0111110");
const Weekdays kWeekend("1000001");

std::optional<Weekdays> ParseGroup(std::string_view word) {
    if (word == "daily" || word == "everyday") return kEveryDay;
    if (word == "weekdays" || word == "weekday") return kMondayToFriday;
    if (word == "weekend" || word == "weekends") return kWeekend;
    return std::nullopt;
}

/// "mon", "mon-fri", and over the week's end "sat-mon".
std::optional<Weekdays> ParseRange(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = ParseWeekday(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : ParseWeekday(text.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    Weekdays weekdays;
    for (unsigned day = *first;; day = (day + 1) % 7) {
        weekdays.set(day);
        if (day == *last) return weekdays;
    }
}

std::string HintAt(std::string_view text) {
    const std::string word = util::ToLower(text.substr(0, kMaxText));
    if (const auto nearest = util::Nearest(word, kWords))
        return fmt::format("Did you mean {}? See /help for the paths there are.", *nearest);
    return "A show's path begins with weekdays such as mon, mon,wed or mon-fri; see /help for the "
           "paths there are.";
}

}  // namespace

std::optional<Weekdays> ParseWeekdays(std::string_view text) {
    if (text.size() > kMaxText) return std::nullopt;
    const std::string lower = util::ToLower(text);
    Weekdays weekdays;
    for (const std::string_view item : util::Split(lower, ',')) {
        auto days = ParseGroup(item);
        if (!days) days = ParseRange(item);
        if (!days) return std::nullopt;
        weekdays |= *days;
    }
    return weekdays;
}

std::string_view WeekdayName(unsigned weekday) {
    return kNames[weekday % kNames.size()];
}

std::string DescribeWeekdays(Weekdays weekdays) {
    if (weekdays == kEveryDay) return "Every day";
    if (weekdays == kMondayToFriday) return "Mondays to Fridays";
    std::vector<std::string> names;
    for (const unsigned day : {1u, 2u, 3u, 4u, 5u, 6u, 0u}) {
        if (weekdays.test(day)) names.push_back(fmt::format("{}s", WeekdayName(day)));
    }
    if (names.empty()) return {};
    std::string last = std::move(names.back());
    names.pop_back();
    if (names.empty()) return last;
    return fmt::format("{} and {}", fmt::join(names, ", "), last);
}

std::optional<std::pair<std::string_view, std::string_view>> SplitWeekdaysAndStart(
    std::string_view text) {
    const auto at = text.find_first_of("_+ ");
    if (at == std::string_view::npos) return std::nullopt;
    return std::pair{text.substr(0, at), text.substr(at + 1)};
}

std::string WhyNoWeekdays(const PathParams& params) {
    const std::string& text = params.front().second;
    return ParseWeekdays(text) ? std::string{} : HintAt(text);
}

std::string WhyNoWeekdaysAndStart(const PathParams& params) {
    const auto parts = SplitWeekdaysAndStart(params.front().second);
    if (parts && ParseWeekdays(parts->first)) return {};
    return HintAt(parts ? parts->first : params.front().second);
}

}  // namespace aircheck::webapi

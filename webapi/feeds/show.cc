// SPDX-License-Identifier: MIT
#include "webapi/feeds/show.h"

#include <algorithm>
#include <chrono>

#include "common/log/log.h"
#include "common/util/text.h"
#include "webapi/spoken/spoken_words.h"

namespace aircheck::webapi {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::size_t kMaxText = 80;
constexpr std::size_t kMaxName = 200;
constexpr time::Micros kLongestShow = days{1};
constexpr std::string_view kStartHint = "A show begins at a time such as 2pm, 14:30 or noon.";

SpokenError Error(std::string_view part, std::string_view hint) {
    return {util::CleanUtf8(part.substr(0, kMaxText)), std::string(hint)};
}

/// "2_PM" as "2pm".
std::string Joined(std::string_view text) {
    std::string joined = util::ToLower(text);
    std::erase_if(joined, [](char c) { return c == '_' || c == '-' || c == '+' || c == ' '; });
    return joined;
}

std::string NameOf(std::string_view text) {
    std::string name(text);
    std::ranges::replace(name, '_', ' ');
    return std::string(util::Trim(name));
}

}  // namespace

std::string Show::Times() const {
    const std::chrono::hh_mm_ss reading(std::chrono::floor<std::chrono::seconds>(clock));
    std::string from =
        fmt::format("{:02}:{:02}", reading.hours().count(), reading.minutes().count());
    if (reading.seconds().count() > 0) from += fmt::format(":{:02}", reading.seconds().count());
    const auto seconds = std::chrono::round<std::chrono::seconds>(duration).count();
    return fmt::format(
        "{} from {}, {}", DescribeWeekdays(weekdays), from,
        seconds % 60 == 0 ? fmt::format("{} min", seconds / 60) : fmt::format("{} s", seconds));
}

std::variant<Show, SpokenError> ParseShow(Weekdays weekdays, std::string_view start,
                                          std::string_view duration, std::string_view name,
                                          const time::Zone& zone) {
    Show show{NameOf(name), weekdays, {}, {}, zone};
    if (show.name.empty() || name.size() > kMaxName)
        return Error(name, "A show has a name of up to 200 letters, such as The_Evening_News.");
    std::string clock = start.size() > kMaxText ? std::string{} : Joined(start);
    if (clock.size() > 1 && clock.back() == 'z') {
        clock.pop_back();
        show.zone = time::Zone();
    }
    const auto reading = ParseClock(clock);
    if (!reading) return Error(start, kStartHint);
    show.clock = *reading;
    const auto length = ParseSpokenDuration(duration);
    if (const auto* error = std::get_if<SpokenError>(&length)) return *error;
    show.duration = std::get<time::Micros>(length);
    if (show.duration > kLongestShow)
        return Error(duration, "A show lasts for a day at most, such as 90min, 1hr30 or 24hr.");
    return show;
}

std::vector<Airing> AiringsBetween(const Show& show, time::SysTime from, time::SysTime to,
                                   std::size_t limit) {
    std::vector<Airing> airings;
    if (show.weekdays.none()) return airings;
    const time::LocalTime local = show.zone.ToLocal(to);
    sys_days day{std::chrono::year{local.year} / static_cast<int>(local.month) /
                 static_cast<int>(local.day)};
    while (airings.size() < limit) {
        const std::chrono::year_month_day date{day};
        const auto begin =
            show.zone.ToSys({static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()), 0, show.clock});
        if (!begin || *begin < from) break;
        const unsigned weekday = std::chrono::weekday{day}.c_encoding();
        if (show.weekdays.test(weekday) && *begin <= to)
            airings.push_back({*begin, *begin + show.duration});
        day -= days{1};
    }
    return airings;
}

}  // namespace aircheck::webapi

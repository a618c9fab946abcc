// SPDX-License-Identifier: MIT
#include "webapi/spoken/spoken_time.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <vector>

#include "common/util/text.h"
#include "webapi/spoken/spoken_words.h"

namespace aircheck::webapi {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using time::Micros;
using time::SysTime;

constexpr std::string_view kTimeHint =
    "A time is like monday_2pm, yesterday_14:30, 11pm, 2026-11-20_20:30, -5min, 3_days_ago or "
    "20261120T203000Z.";
constexpr std::string_view kDurationHint = "A duration is like 90min, 1hr, 1.5hr, 1hr30 or 90s.";
constexpr std::string_view kNothingHint =
    "A duration is more than nothing, such as 90min, 1hr30 or 90s.";
constexpr std::string_view kCompactHint =
    "A time is YYYYMMDDHHMM or YYYYMMDDHHMMSS, such as 202611202030, with a Z at the end for UTC.";

constexpr std::size_t kMaxText = 80;  // longer is nothing that anybody says
constexpr Micros kMaxDuration = days{7};
constexpr Micros kMaxAgo = days{36'500};

SpokenError Error(std::string_view part, std::string_view hint) {
    return {util::CleanUtf8(part.substr(0, kMaxText)), std::string(hint)};
}

constexpr bool IsDigit(char c) {
    return c >= '0' && c <= '9';
}

std::size_t CountDigits(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, IsDigit) - text.begin());
}

/// Whether a text begins as "2026-11-20" does, a real date or not.
bool BeginsAsDate(std::string_view text) {
    return text.size() >= 10 && CountDigits(text) == 4 && text[4] == '-' &&
           CountDigits(text.substr(5)) == 2 && text[7] == '-' && CountDigits(text.substr(8)) == 2;
}

constexpr bool IsSeparator(char c) {
    return c == '_' || c == '-' || c == '+' || c == ' ';
}

std::string WithoutSeparators(std::string_view text) {
    std::string joined;
    std::ranges::copy_if(text, std::back_inserter(joined), [](char c) { return !IsSeparator(c); });
    return joined;
}

/// Its 24:00 is the next day's midnight.
std::optional<SysTime> ToSys(const time::Zone& zone, sys_days day, Micros clock) {
    if (clock == days{1}) return ToSys(zone, day + days{1}, Micros::zero());
    const std::chrono::year_month_day date{day};
    return zone.ToSys({static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), 0, clock});
}

sys_days Today(const time::Zone& zone, SysTime now) {
    const auto local = zone.ToLocal(now);
    return sys_days{std::chrono::year{local.year} / static_cast<int>(local.month) /
                    static_cast<int>(local.day)};
}

struct Token {
    std::size_t at;
    std::size_t size;
};

/// Reads one text from left to right and puts together what it says.
class TimeReader {
public:
    TimeReader(std::string_view text, const time::Zone& zone, SysTime now)
        : text_(text), lower_(util::ToLower(text)), zone_(zone), now_(now) {}

    std::variant<SysTime, SpokenError> Read();

private:
    void Split();
    bool ReadAgo();
    bool ReadToken();
    bool ReadDay(std::string_view word);
    bool ReadDate(std::string_view word);
    bool ReadClock();
    void ReadOffset();
    std::optional<SysTime> Resolve() const;
    std::optional<SysTime> Latest(sys_days day, days step) const;

    std::string_view Word(std::size_t i) const {
        return std::string_view(lower_).substr(tokens_[i].at, tokens_[i].size);
    }
    std::string_view Original(std::size_t i) const {
        return text_.substr(tokens_[i].at, tokens_[i].size);
    }
    bool HasDay() const { return date_ || days_ago_ || weekday_; }

    std::string_view text_;
    std::string lower_;
    time::Zone zone_;
    SysTime now_;
    std::vector<Token> tokens_;
    std::size_t next_ = 0;  // first token not read

    std::optional<sys_days> date_;
    std::optional<days> days_ago_;
    std::optional<unsigned> weekday_;
    bool last_ = false;   // "last friday"
    bool exact_ = false;  // now_ is already what was said
    std::optional<Micros> clock_;
    Micros clock_if_none_{};  // midnight, but that of now for "3 days ago"
    Micros offset_{};         // of an ISO time, with zone_ UTC
};

void TimeReader::Split() {
    const std::string_view all = lower_;
    std::size_t at = 0;
    while (at < all.size()) {
        if (IsSeparator(all[at])) {
            ++at;
            continue;
        }
        std::size_t size = 0;
        const auto rest = all.substr(at);
        if (BeginsAsDate(rest)) {
            size = 10;  // its dashes separate nothing
        } else {
            while (size < rest.size() && !IsSeparator(rest[size])) ++size;
        }
        // The T between an ISO date and its time.
        const bool basic = CountDigits(rest) == 8 && rest.size() > 8 && rest[8] == 't';
        if (basic) size = 8;
        tokens_.push_back({at, size});
        at += size;
        if ((basic || size == 10) && at < all.size() && all[at] == 't') ++at;
    }
}

/// "3 days ago", "1 hour 30 minutes ago". True if there is no "ago" or it was understood.
bool TimeReader::ReadAgo() {
    std::size_t ago = 0;
    while (ago < tokens_.size() && Word(ago) != "ago") ++ago;
    if (ago == tokens_.size()) return true;
    std::string joined;
    for (std::size_t i = 0; i < ago; ++i) {
        const auto word = Word(i);
        joined += word == "a" || word == "an" ? "1" : word;
    }
    const auto length = ParseLength(joined);
    if (!length || length->micros > kMaxAgo) return false;
    next_ = ago + 1;
    if (length->whole_days) {
        days_ago_ = std::chrono::duration_cast<days>(length->micros);
        clock_if_none_ = zone_.ToLocal(now_).time_of_day;
    } else {
        exact_ = true;
        now_ -= length->micros;
    }
    return true;
}

bool TimeReader::ReadDate(std::string_view word) {
    const auto date = ParseDate(word);
    if (!date || HasDay()) return false;
    date_ = date;
    return true;
}

bool TimeReader::ReadDay(std::string_view word) {
    if (HasDay()) return false;
    weekday_ = ParseWeekday(word);
    if (weekday_) return true;
    if (word != "today" && word != "yesterday") return false;
    days_ago_ = days{word == "today" ? 0 : 1};
    return true;
}

/// The token may go on in the next: "2 pm".
bool TimeReader::ReadClock() {
    if (clock_) return false;
    std::string word(Word(next_));
    std::size_t used = 1;
    if (next_ + 1 < tokens_.size() && (Word(next_ + 1) == "am" || Word(next_ + 1) == "pm")) {
        word += Word(next_ + 1);
        used = 2;
    }
    clock_ = ParseClock(word);
    if (!clock_ && date_) clock_ = ParseIsoClock(word);
    if (!clock_) return false;
    next_ += used;
    if (date_ && used == 1) ReadOffset();
    return true;
}

/// The "+01:00" of an ISO time, whose sign looked like a separator.
void TimeReader::ReadOffset() {
    if (next_ + 1 != tokens_.size()) return;
    const char sign = lower_[tokens_[next_].at - 1];
    const auto offset = ParseOffset(Word(next_));
    if (!offset || (sign != '+' && sign != '-')) return;
    ++next_;
    zone_ = time::Zone();
    offset_ = sign == '+' ? *offset : -*offset;
}

bool TimeReader::ReadToken() {
    const auto word = Word(next_);
    if (word == "at" || word == "on") return ++next_, true;
    if (word == "last" && !last_ && !HasDay()) {
        last_ = true;
        return ++next_, true;
    }
    if ((ReadDay(word) && (!last_ || weekday_)) || ReadDate(word)) return ++next_, true;
    return ReadClock();
}

/// At its latest, but not after now.
std::optional<SysTime> TimeReader::Latest(sys_days day, days step) const {
    const auto clock = clock_.value_or(Micros::zero());
    const auto time = ToSys(zone_, day, clock);
    if (!time || *time <= now_) return time;
    return ToSys(zone_, day - step, clock);
}

std::optional<SysTime> TimeReader::Resolve() const {
    if (exact_) return now_;
    const auto clock = clock_.value_or(clock_if_none_);
    if (date_) {
        const auto time = ToSys(zone_, *date_, clock);
        if (!time) return std::nullopt;
        return *time - offset_;
    }
    const auto today = Today(zone_, now_);
    if (days_ago_) return ToSys(zone_, today - *days_ago_, clock);
    if (!weekday_) return clock_ ? Latest(today, days{1}) : std::nullopt;

    const auto since = std::chrono::weekday{today} - std::chrono::weekday{*weekday_};
    if (last_) return ToSys(zone_, today - (since == days{0} ? days{7} : since), clock);
    return Latest(today - since, days{7});
}

std::variant<SysTime, SpokenError> TimeReader::Read() {
    const std::size_t size = lower_.size();
    if (size > 1 && lower_[size - 1] == 'z' &&
        (IsDigit(lower_[size - 2]) || lower_[size - 2] == 'm')) {
        zone_ = time::Zone();
        lower_.pop_back();
    }
    Split();
    if (tokens_.empty()) return Error(text_, kTimeHint);
    if (tokens_.size() == 1 && Word(0) == "now") return now_;
    if (!ReadAgo()) return Error(text_, kTimeHint);
    while (next_ < tokens_.size()) {
        if (exact_ || !ReadToken()) return Error(Original(next_), kTimeHint);
    }
    const auto time = Resolve();
    if (!time || (last_ && !weekday_)) return Error(text_, kTimeHint);
    return *time;
}

/// "-90s", "-1hr 30": a leading minus means before now.
std::variant<SysTime, SpokenError> ParseMinus(std::string_view text, SysTime now) {
    const auto length = ParseLength(WithoutSeparators(util::ToLower(text)));
    if (!length || length->micros > kMaxAgo) return Error(text, kTimeHint);
    return now - length->micros;
}

}  // namespace

std::variant<SysTime, SpokenError> ParseSpokenTime(std::string_view text, const time::Zone& zone,
                                                   SysTime now) {
    if (text.size() > kMaxText) return Error(text, kTimeHint);
    while (!text.empty() && (text.front() == ' ' || text.front() == '_')) text.remove_prefix(1);
    if (text.starts_with('-')) return ParseMinus(text, now);

    const auto digits = CountDigits(text);
    const bool compact = digits == 12 || digits == 14;
    if (digits == text.size() && digits >= 9 && digits <= 11) {
        return SysTime{std::chrono::seconds{*util::ParseInteger(text)}};
    }
    if (compact && (digits == text.size() || util::EqualsIgnoringCase(text.substr(digits), "z"))) {
        return ParseCompactLocal(text, zone);
    }
    return TimeReader(text, zone, now).Read();
}

std::variant<Micros, SpokenError> ParseSpokenDuration(std::string_view text) {
    if (text.size() > kMaxText) return Error(text, kDurationHint);
    if (text.starts_with('-')) {
        return Error(text, kNothingHint);
    }
    const auto length = ParseLength(WithoutSeparators(util::ToLower(text)));
    if (!length) return Error(text, kDurationHint);
    if (length->micros <= Micros::zero()) {
        return Error(text, kNothingHint);
    }
    if (length->micros > kMaxDuration) {
        return Error(text, "A duration is at most 7 days, such as 12hr, 2d or 7d.");
    }
    return length->micros;
}

std::variant<SysTime, SpokenError> ParseCompactLocal(std::string_view digits,
                                                     const time::Zone& zone) {
    auto text = digits;
    const bool utc = text.ends_with('Z') || text.ends_with('z');
    if (utc) text.remove_suffix(1);
    const bool seconds = text.size() == 14;
    if ((text.size() != 12 && !seconds) || CountDigits(text) != text.size())
        return Error(digits, kCompactHint);
    const auto date = ParseDate(text.substr(0, 8));
    const auto clock = ParseIsoClock(text.substr(8));
    if (!date) return Error(text.substr(0, 8), kCompactHint);
    if (!clock) return Error(text.substr(8), kCompactHint);
    const auto time = ToSys(utc ? time::Zone() : zone, *date, *clock);
    if (!time) return Error(digits, kCompactHint);
    return *time;
}

}  // namespace aircheck::webapi

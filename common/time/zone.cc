// SPDX-License-Identifier: MIT
#include "common/time/zone.h"

#include <date/tz.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <system_error>

namespace aircheck::time {
namespace {

constexpr std::string_view kUtc = "UTC";
constexpr std::string_view kDatabaseFolder = "/zoneinfo/";

/// Nullptr where there is no such zone, or no database at all. A machine without one still
/// knows UTC: everything below takes nullptr for that.
const date::time_zone* Locate(std::string_view name) noexcept {
    try {
        const auto* zone = date::locate_zone(name);
        // The file is read at the first question, and that throws where it is damaged.
        zone->get_info(date::sys_seconds{});
        return zone;
    } catch (const std::exception&) {
        return nullptr;
    }
}

/// TZ as POSIX writes it for a database name: "Europe/Paris" or ":Europe/Paris".
std::string_view NameFromEnvironment() {
    const char* tz = std::getenv("TZ");
    std::string_view name = tz ? tz : "";
    if (name.starts_with(':')) name.remove_prefix(1);
    return name;
}

}  // namespace

Zone::Zone() : zone_(Locate(kUtc)) {}

std::optional<Zone> Zone::Find(std::string_view name) {
    const auto* zone = Locate(name);
    if (!zone) return std::nullopt;
    return Zone(zone);
}

Zone Zone::Local() {
    if (const auto name = NameFromEnvironment(); !name.empty()) {
        return Find(name).value_or(Zone());
    }
    std::error_code error;
    // The link's target is ".../zoneinfo/Europe/Paris"; links to links are followed to the end.
    const auto target = std::filesystem::canonical("/etc/localtime", error).string();
    const auto at = target.rfind(kDatabaseFolder);
    if (error || at == std::string::npos) return Zone();
    return Find(std::string_view(target).substr(at + kDatabaseFolder.size())).value_or(Zone());
}

const std::string& Zone::Name() const {
    static const std::string utc(kUtc);
    return zone_ ? zone_->name() : utc;
}

LocalTime Zone::ToLocal(SysTime t) const {
    const auto local = zone_ ? zone_->to_local(t) : date::local_time<Micros>{t.time_since_epoch()};
    const auto day = date::floor<date::days>(local);
    const date::year_month_day ymd{day};
    return {static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
            static_cast<unsigned>(ymd.day()), date::weekday{day}.c_encoding(), local - day};
}

std::optional<SysTime> Zone::ToSys(const LocalTime& local) const {
    // Checked here because date's types are narrower than ours: its month{257} is January.
    const bool fits = local.year >= 0 && local.year <= 9999 && local.month <= 12 &&
                      local.day <= 31 && local.time_of_day >= Micros::zero() &&
                      local.time_of_day < std::chrono::hours{24};
    if (!fits) return std::nullopt;
    const date::year_month_day ymd{date::year{local.year}, date::month{local.month},
                                   date::day{local.day}};
    if (!ymd.ok()) return std::nullopt;

    const auto reading = date::local_days{ymd} + local.time_of_day;
    if (!zone_) return SysTime{reading.time_since_epoch()};
    // For a skipped reading, too, `earliest` is what is asked for: the end of the old offset.
    return zone_->to_sys(reading, date::choose::earliest);
}

std::string Zone::Abbreviation(SysTime t) const {
    return zone_ ? zone_->get_info(t).abbrev : std::string(kUtc);
}

}  // namespace aircheck::time

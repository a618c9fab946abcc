// SPDX-License-Identifier: MIT
#include "supervisor/cli/coverage.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/coverage/coverage.h"
#include "common/coverage/json.h"
#include "common/coverage/text.h"
#include "common/log/log.h"
#include "common/storage/paths.h"
#include "common/util/text.h"
#include "common/util/units.h"
#include "supervisor/cli/exit_codes.h"

namespace aircheck::cli {
namespace {

namespace json = boost::json;

/// Takes a number of exactly so many digits off the front.
bool TakeNumber(std::string_view& text, std::size_t digits, int& number) {
    if (text.size() < digits) return false;
    const char* end = text.data() + digits;
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stopped != end || number < 0) return false;
    text.remove_prefix(digits);
    return true;
}

bool TakeOneOf(std::string_view& text, std::string_view characters) {
    if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

time::Zone ZoneOf(const config::Config& config, const std::string& callsign) {
    const auto* station = config.FindStation(callsign);
    if (station == nullptr || station->timezone.empty()) return time::Zone::Local();
    return time::Zone::Find(station->timezone).value_or(time::Zone());
}

time::SysTime When(const std::string& text, const time::Zone& zone, time::SysTime now,
                   time::SysTime otherwise) {
    if (text.empty()) return otherwise;
    if (const auto when = ParseWhen(text, zone, now)) return *when;
    throw std::runtime_error("\"" + util::CleanUtf8(text) +
                             "\" is no time; one looks like 2026-11-20, \"2026-11-20 20:30\" or "
                             "7d (ago)");
}

/// Those with recordings and those that are configured; the one that was named.
std::vector<std::string> Stations(const catalog::Catalog& catalog, const config::Config& config,
                                  const std::string& named) {
    std::set<std::string> known;
    for (const auto& [callsign, bytes] : catalog.DiskUsage()) known.insert(callsign);
    for (const auto& station : config.stations) known.insert(station.callsign);
    if (named.empty()) return {known.begin(), known.end()};
    if (known.contains(named)) return {named};
    throw std::runtime_error(fmt::format("there is no station {}; known: {}",
                                         util::CleanUtf8(named), fmt::join(known, ", ")));
}

coverage::Coverage Look(const catalog::Catalog& catalog, const config::Config& config,
                        const std::string& callsign, const CoverageOptions& options) {
    const time::SysTime now = time::SystemClock().Now();
    const time::Zone zone = ZoneOf(config, callsign);
    const auto window = coverage::DefaultWindow(catalog, callsign, zone, now);
    const time::SysTime from = When(options.from, zone, now, window.from);
    const time::SysTime to = std::min(When(options.to, zone, now, window.to),
                                      coverage::ToldUntil(catalog, callsign, now));
    if (to - from > coverage::kLongest)
        throw std::runtime_error("that is too long: a year at most");
    if (!options.from.empty() && from >= to)
        throw std::runtime_error("the time asked for ends before it begins");
    auto found = coverage::Plan(callsign, zone, std::min(from, to), to);
    for (std::size_t day = 0; day < found.days.size(); ++day) coverage::Survey(catalog, found, day);
    return found;
}

std::string SummaryLine(const coverage::Coverage& coverage) {
    if (coverage.days.empty()) return fmt::format("{:<20} nothing is recorded\n", coverage.station);
    std::string line =
        fmt::format("{:<20} {:>6} %", coverage.station, coverage::PercentText(coverage.sums));
    if (!coverage.holes.empty())
        line +=
            fmt::format("   {} missing in {} hole{}", coverage::DurationText(coverage.sums.missing),
                        coverage.holes.size(), coverage.holes.size() == 1 ? "" : "s");
    return line + '\n';
}

std::string AllAsText(const std::vector<coverage::Coverage>& found) {
    if (found.size() == 1 && !found.front().days.empty()) return coverage::Text(found.front());
    std::string text;
    for (const auto& coverage : found) text += SummaryLine(coverage);
    return text;
}

std::string AllAsJson(const std::vector<coverage::Coverage>& found, bool only_one) {
    if (only_one) return json::serialize(coverage::Json(found.front())) + '\n';
    json::array all;
    for (const auto& coverage : found) all.push_back(coverage::Json(coverage));
    return json::serialize(all) + '\n';
}

}  // namespace

std::optional<time::SysTime> ParseWhen(std::string_view text, const time::Zone& zone,
                                       time::SysTime now) {
    if (const auto ago = util::ParseDuration(text)) return now - *ago;
    std::array<int, 3> date{};
    std::array<int, 3> clock{};
    if (!TakeNumber(text, 4, date[0]) || !TakeOneOf(text, "-") || !TakeNumber(text, 2, date[1]) ||
        !TakeOneOf(text, "-") || !TakeNumber(text, 2, date[2]))
        return std::nullopt;
    if (TakeOneOf(text, "T _")) {
        if (!TakeNumber(text, 2, clock[0]) || !TakeOneOf(text, ":") ||
            !TakeNumber(text, 2, clock[1]))
            return std::nullopt;
        if (TakeOneOf(text, ":") && !TakeNumber(text, 2, clock[2])) return std::nullopt;
    }
    const bool utc = TakeOneOf(text, "Z");
    if (!text.empty() || clock[1] > 59 || clock[2] > 59) return std::nullopt;
    time::LocalTime local;
    local.year = date[0];
    local.month = static_cast<unsigned>(date[1]);
    local.day = static_cast<unsigned>(date[2]);
    local.time_of_day = std::chrono::hours{clock[0]} + std::chrono::minutes{clock[1]} +
                        std::chrono::seconds{clock[2]};
    return (utc ? time::Zone() : zone).ToSys(local);
}

int ShowCoverage(const config::Config& config, const CoverageOptions& options) {
    const storage::Layout layout(config.storage);
    if (!std::filesystem::exists(layout.Catalog()))
        throw std::runtime_error("there is no catalog in " + config.storage.string() +
                                 ": nothing has been recorded yet");
    const catalog::Catalog catalog(layout.Catalog(), catalog::Catalog::Mode::kReadOnly);
    std::vector<coverage::Coverage> found;
    for (const std::string& callsign : Stations(catalog, config, options.station))
        found.push_back(Look(catalog, config, callsign, options));
    const std::string text =
        options.as_json ? AllAsJson(found, !options.station.empty()) : AllAsText(found);
    std::fputs(text.c_str(), stdout);
    return kExitOk;
}

}  // namespace aircheck::cli

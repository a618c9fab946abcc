// SPDX-License-Identifier: MIT
#include "supervisor/cli/cloud.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstdio>
#include <stdexcept>

#include "common/log/log.h"
#include "common/time/timestamp.h"
#include "common/util/units.h"
#include "supervisor/cli/cloud_access.h"
#include "supervisor/cli/cloud_check.h"
#include "supervisor/cli/exit_codes.h"

namespace aircheck::cli {
namespace {

namespace json = boost::json;

/// An upload comes before its row: what is younger may be about to get one.
constexpr std::chrono::hours kSettled{1};

std::string CostText(const std::optional<double>& cost) {
    return cost ? fmt::format("{:.2f} a month", *cost) : std::string();
}

void PrintSum(const std::string& name, const CloudAccount::Sum& sum,
              const std::optional<double>& cost) {
    fmt::print("{:<24} {:>8} {:<8} {:>10}  {}\n", name, sum.objects,
               sum.objects == 1 ? "object" : "objects", util::FormatSize(sum.bytes),
               CostText(cost));
}

json::object SumJson(const CloudAccess& access, const CloudAccount::Sum& sum) {
    json::object object{{"objects", sum.objects}, {"bytes", sum.bytes}};
    if (const auto cost = access.Cost(sum.bytes)) object["cost_per_month"] = *cost;
    return object;
}

void PrintJson(const json::value& value) {
    std::printf("%s\n", json::serialize(value).c_str());
}

CloudAccount::Sum SumOf(const std::vector<cloud::ObjectInfo>& objects) {
    CloudAccount::Sum sum;
    for (const auto& object : objects) sum.Add(object.bytes);
    return sum;
}

json::object SizeJson(const CloudAccess& access, const CloudAccount& account) {
    json::array stations;
    for (const auto& [station, sum] : account.stations) {
        auto entry = SumJson(access, sum);
        entry["station"] = station;
        stations.push_back(std::move(entry));
    }
    auto all = SumJson(access, account.Total());
    all["service"] = access.service();
    all["origin"] = access.origin();
    all["stations"] = std::move(stations);
    all["backups"] = SumJson(access, account.backups);
    all["orphans"] = SumJson(access, SumOf(account.orphans));
    all["foreign"] = SumJson(access, SumOf(account.foreign));
    all["missing"] = account.missing.size();
    return all;
}

json::object EntryJson(const std::string& key, std::uint64_t bytes, const char* state) {
    return {{"key", key}, {"bytes", bytes}, {"state", state}};
}

/// Every object and every row without one, with what it is.
template <typename Each>
void ForEachEntry(const CloudAccount& account, const Each& each) {
    for (const auto& [object, segment] : account.known)
        each(object.key, object.bytes, object.bytes == segment.bytes ? "stored" : "wrong size");
    for (const auto& object : account.orphans) each(object.key, object.bytes, "no row");
    for (const auto& object : account.foreign) each(object.key, object.bytes, "none of ours");
    for (const auto& segment : account.missing) each(segment.object, segment.bytes, "missing");
}

}  // namespace

int CloudSize(const config::Config& config, const CloudOptions& options) {
    CloudAccess access(config);
    const auto account = access.Look(options.station);
    if (options.as_json) {
        PrintJson(SizeJson(access, account));
        return kExitOk;
    }
    const auto print = [&](const std::string& name, const CloudAccount::Sum& sum) {
        if (sum.objects > 0) PrintSum(name, sum, access.Cost(sum.bytes));
    };
    for (const auto& [station, sum] : account.stations) print(station, sum);
    print("backups", account.backups);
    print("without a row", SumOf(account.orphans));
    print("none of ours", SumOf(account.foreign));
    const auto total = account.Total();
    PrintSum("in all", total, access.Cost(total.bytes));
    if (!account.missing.empty())
        fmt::print("{} recordings are said to be there and are not: aircheck cloud list\n",
                   account.missing.size());
    return kExitOk;
}

int CloudList(const config::Config& config, const CloudOptions& options) {
    CloudAccess access(config);
    const auto account = access.Look(options.station);
    json::array entries;
    ForEachEntry(account, [&](const std::string& key, std::uint64_t bytes, const char* state) {
        if (options.as_json)
            entries.push_back(EntryJson(key, bytes, state));
        else
            fmt::print("{:<12} {:>10}  {}\n", state, util::FormatSize(bytes), key);
    });
    if (options.as_json) PrintJson(entries);
    return kExitOk;
}

int CloudVerify(const config::Config& config, const CloudOptions& options) {
    CloudAccess access(config);
    const auto account = access.Look(options.station);
    json::array wrong;
    std::size_t right = 0;
    const auto tell = [&](const std::string& key, const std::string& what) {
        if (options.as_json)
            wrong.push_back(json::object{{"key", key}, {"problem", what}});
        else
            fmt::print("{}: {}\n", key, what);
    };
    for (const auto& segment : account.missing) tell(segment.object, "missing");
    for (const auto& known : account.known) {
        auto problem = known.right_size() ? std::string()
                                          : fmt::format("{} bytes instead of {}",
                                                        known.object.bytes, known.segment.bytes);
        if (problem.empty() && options.deep) problem = ReadAndCompare(access, known);
        if (problem.empty())
            ++right;
        else
            tell(known.object.key, problem);
    }
    const bool all_right = right == account.known.size() && account.missing.empty();
    if (options.as_json)
        PrintJson(
            json::object{{"right", right}, {"wrong", std::move(wrong)}, {"deep", options.deep}});
    else
        fmt::print("{} objects are as they should be{}{}\n", right,
                   options.deep ? ", every byte read" : "",
                   all_right ? "" : "; the others are named above");
    return all_right ? kExitOk : kExitError;
}

int CloudUnlink(const config::Config& config, const CloudOptions& options) {
    CloudAccess access(config);
    const auto account = access.Look(options.station);
    if (account.orphans.size() > account.known.size() && !options.all && options.yes)
        throw std::runtime_error(fmt::format(
            "{} objects have no row, and only {} have one: is this the whole catalog? `aircheck "
            "reindex` finds again what it has lost. With --all they are removed nevertheless",
            account.orphans.size(), account.known.size()));
    json::array removed;
    const auto now = time::SystemClock().Now();
    std::size_t young = 0;
    for (const auto& object : account.orphans) {
        const auto found = access.store().Find(object.key);
        if (!found || access.catalog().FindObject(object.key)) continue;
        if (now - found->modified < kSettled) {
            ++young;
            continue;
        }
        if (!options.as_json)
            fmt::print("{} {} ({})\n", options.yes ? "removing" : "without a row:", object.key,
                       util::FormatSize(object.bytes));
        if (options.yes) access.store().Remove(object.key);
        removed.push_back(EntryJson(object.key, object.bytes, options.yes ? "removed" : "no row"));
    }
    if (options.as_json) {
        PrintJson(json::object{{"objects", std::move(removed)}, {"young", young}});
        return kExitOk;
    }
    if (young > 0)
        fmt::print("{} younger than an hour are left alone: they may be about to get a row\n",
                   young);
    if (removed.empty())
        fmt::print("nothing to remove\n");
    else if (!options.yes)
        fmt::print("{} objects; nothing is removed without --yes\n", removed.size());
    return kExitOk;
}

}  // namespace aircheck::cli

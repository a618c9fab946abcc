// SPDX-License-Identifier: MIT
#include "supervisor/cli/cloud_account.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "common/storage/origin.h"

namespace aircheck::cli {
namespace {

using ByKey = std::unordered_map<std::string, const catalog::Segment*>;

void Enter(const std::string& origin, cloud::ObjectInfo object, const std::string& station,
           ByKey* rows, CloudAccount* account) {
    if (const auto row = rows->extract(object.key)) {
        const auto& segment = *row.mapped();
        account->stations[segment.station].Add(object.bytes);
        account->known.push_back({std::move(object), segment});
        return;
    }
    if (const auto name = storage::ParseObjectKey(origin, object.key)) {
        if (!station.empty() && name->station != station) return;
        account->orphan_stations[name->station].Add(object.bytes);
        account->orphans.push_back(std::move(object));
        return;
    }
    if (!station.empty()) return;
    if (object.key.starts_with(storage::BackupPrefix(origin)))
        account->backups.Add(object.bytes);
    else
        account->foreign.push_back(std::move(object));
}

}  // namespace

CloudAccount::Sum CloudAccount::Total() const {
    Sum total = backups;
    const auto add = [&total](const Sum& sum) {
        total.objects += sum.objects;
        total.bytes += sum.bytes;
    };
    for (const auto& [station, sum] : stations) add(sum);
    for (const auto& [station, sum] : orphan_stations) add(sum);
    for (const auto& object : foreign) total.Add(object.bytes);
    return total;
}

CloudAccount MakeAccount(const std::string& origin, std::vector<cloud::ObjectInfo> objects,
                         const std::vector<catalog::Segment>& segments,
                         const std::string& station) {
    CloudAccount account;
    ByKey rows;
    for (const auto& segment : segments) {
        if (segment.object.empty()) continue;
        if (station.empty() || segment.station == station) rows.emplace(segment.object, &segment);
    }
    std::ranges::sort(objects, {}, &cloud::ObjectInfo::key);
    for (auto& object : objects) Enter(origin, std::move(object), station, &rows, &account);
    for (const auto& [key, segment] : rows) account.missing.push_back(*segment);
    std::ranges::sort(account.missing, {}, &catalog::Segment::object);
    return account;
}

}  // namespace aircheck::cli

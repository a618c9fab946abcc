// SPDX-License-Identifier: MIT
#include "common/archive/cloud_segments.h"

#include <utility>

#include "common/storage/origin.h"

namespace aircheck::archive {
namespace {

using cloud::CloudError;

StoredSegments List(cloud::ObjectStore& store, const std::string& origin,
                    const std::string& station) {
    StoredSegments stored;
    stored.read = [&store](const StoredSegments::Object& object, const StoredSegments::Sink& sink) {
        try {
            store.Read(object.key, 0, object.bytes, sink);
        } catch (const CloudError& error) {
            if (error.kind() == CloudError::Kind::kMissing ||
                error.kind() == CloudError::Kind::kChanged)
                throw;
            throw CloudUnavailable(error.what());
        }
    };
    try {
        store.List(storage::ObjectKey(origin, station + "/"), [&](const cloud::ObjectInfo& info) {
            if (auto name = storage::ParseObjectKey(origin, info.key))
                stored.objects.push_back({info.key, *std::move(name), info.bytes});
            else
                stored.foreign.push_back(info.key);
            return true;
        });
    } catch (const CloudError& error) {
        stored.unavailable = error.what();
        stored.objects.clear();
    }
    return stored;
}

}  // namespace

ListStored CloudSegments(cloud::ObjectStore& store, std::string origin) {
    return [&store, origin = std::move(origin)](const std::string& station) {
        return List(store, origin, station);
    };
}

std::set<std::string> StationsInCloud(cloud::ObjectStore& store, const std::string& origin) {
    std::set<std::string> stations;
    store.List(storage::ObjectKey(origin, ""), [&](const cloud::ObjectInfo& info) {
        if (const auto name = storage::ParseObjectKey(origin, info.key))
            stations.insert(name->station);
        return true;
    });
    return stations;
}

}  // namespace aircheck::archive

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/catalog/rows.h"
#include "common/cloud/object_store.h"

namespace aircheck::cli {

/// What the cloud holds of one storage folder, beside what its catalog says.
struct CloudAccount {
    struct Sum {
        std::uint64_t objects = 0;
        std::uint64_t bytes = 0;

        void Add(std::uint64_t more) {
            ++objects;
            bytes += more;
        }
        bool operator==(const Sum&) const = default;
    };

    /// An object and its row.
    struct Known {
        cloud::ObjectInfo object;
        catalog::Segment segment;

        bool right_size() const { return object.bytes == segment.bytes; }
    };

    std::map<std::string, Sum> stations;     // objects with a row
    Sum backups;                             // of the catalog
    std::vector<Known> known;                // by key
    std::vector<cloud::ObjectInfo> orphans;  // segments without a row, by key
    std::vector<catalog::Segment> missing;   // rows whose object is not there
    std::vector<cloud::ObjectInfo> foreign;  // what is neither
    std::map<std::string, Sum> orphan_stations;

    Sum Total() const;
};

/// `objects`: all of this origin. `segments`: all that the catalog has; of a station, what else is
/// of others is left out.
CloudAccount MakeAccount(const std::string& origin, std::vector<cloud::ObjectInfo> objects,
                         const std::vector<catalog::Segment>& segments, const std::string& station);

}  // namespace aircheck::cli

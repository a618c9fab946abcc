// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/cloud/object_store.h"
#include "common/config/config.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"

namespace aircheck::pruner {

/// Dumps of the catalog: one a day, here and in the cloud, kept for as long as recordings are; the
/// latest one for ever. One thread, which blocks on the disk and the cloud.
class Backups {
public:
    /// `name` begins the lines in the log. `clock` outlives this.
    Backups(storage::Layout layout, const time::Clock& clock, std::string name,
            config::Duration keep);

    /// Makes one if the latest is a day old, and deletes what is too old. What goes wrong is logged
    /// and tried again later.
    void Keep() noexcept;

    /// Makes the cloud have what is here, and deletes what is too old there if `may_delete`. Once
    /// after each that was made. Answers how many bytes have moved. Throws CloudError.
    std::uint64_t Store(cloud::ObjectStore& store, const std::string& origin, bool may_delete);

    /// Deletes what is too old of another machine's. Throws CloudError.
    void Prune(cloud::ObjectStore& store, const std::string& origin) const;

private:
    struct Backup {
        std::string file;
        time::SysTime made;
    };

    std::vector<Backup> Here() const;
    std::vector<Backup> There(cloud::ObjectStore& store, const std::string& origin) const;
    std::vector<Backup> TooOld(std::vector<Backup> all) const;
    void Make();

    const storage::Layout layout_;
    const time::Clock& clock_;
    const std::string name_;
    const config::Duration keep_;
    time::SteadyTime next_{};
    bool stored_ = false;  // all that is here, as far as is known
};

}  // namespace aircheck::pruner

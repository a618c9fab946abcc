// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "common/archive/reindex.h"
#include "common/catalog/catalog_file.h"
#include "common/storage/paths.h"

namespace aircheck::archive {

struct RebuildHooks {
    std::function<void(const std::string& station, std::size_t done, std::size_t of)> on_file;
    std::function<void(const std::string& sentence)> on_notice;
    std::function<bool()> quit;  // breaks off
    ListStored stored = {};      // what the cloud has
};

/// Reindexes stations one after the other, beside recorders that are at work: waits for other
/// programs' locks, sets a broken catalog aside, and gives recorders time to tell a new catalog of
/// what they record. Blocks on the disk: for a worker thread. Everything but locks throws as
/// ReindexStation does.
class Rebuild {
public:
    Rebuild(storage::Layout layout, RebuildHooks hooks);

    /// Reads the catalog whole, which shows whether it is broken, and makes its index of titles
    /// anew.
    void Check();

    /// Until they have been reindexed, nobody takes what is unknown of them for holes.
    void Announce(const std::vector<std::string>& stations);

    ReindexReport Run(const std::string& station);

private:
    template <typename Step>
    auto Patiently(Step step);
    bool Quit() const { return hooks_.quit && hooks_.quit(); }

    const storage::Layout layout_;
    const RebuildHooks hooks_;
    catalog::CatalogFile file_;
    bool told_of_lock_ = false;
};

}  // namespace aircheck::archive

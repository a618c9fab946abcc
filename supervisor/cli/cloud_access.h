// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/catalog/catalog.h"
#include "common/cloud/object_store.h"
#include "common/config/config.h"
#include "common/storage/paths.h"
#include "supervisor/cli/cloud_account.h"

namespace aircheck::cli {

/// The configured cloud and the catalog beside it. Throws std::runtime_error for what is not
/// there; one thread.
class CloudAccess {
public:
    explicit CloudAccess(const config::Config& config);

    /// Lists all of it; of a station.
    CloudAccount Look(const std::string& station);

    cloud::ObjectStore& store() { return *store_; }
    const catalog::Catalog& catalog() const { return *catalog_; }
    const storage::Layout& layout() const { return layout_; }
    const std::string& origin() const { return origin_; }
    const std::string& service() const { return service_; }

    /// Of so many bytes for a month; nullopt without a configured price.
    std::optional<double> Cost(std::uint64_t bytes) const;

private:
    const storage::Layout layout_;
    const std::string service_;
    std::optional<double> price_;  // for a gigabyte and month
    std::string origin_;           // empty: nothing has been uploaded yet
    std::optional<catalog::Catalog> catalog_;
    std::unique_ptr<cloud::ObjectStore> store_;
};

}  // namespace aircheck::cli

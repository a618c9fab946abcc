// SPDX-License-Identifier: MIT
#include "supervisor/cli/cloud_access.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

#include "common/cloud/open_store.h"
#include "common/storage/origin.h"
#include "common/util/text.h"

namespace aircheck::cli {
namespace {

constexpr double kGigabyte = 1e9;  // as services count

const config::CloudConfig& CloudOf(const config::Config& config) {
    if (config.cloud) return *config.cloud;
    if (config.file.empty())
        throw std::runtime_error(
            "the configuration file is needed: it says where the cloud is; name it by --config");
    throw std::runtime_error(config.file.string() +
                             " has no section \"cloud\": nothing is stored anywhere else");
}

std::optional<double> PriceOf(const config::CloudConfig& cloud) {
    const auto found = cloud.options.find("price_per_gb");
    if (found == cloud.options.end()) return std::nullopt;
    return std::strtod(found->second.c_str(), nullptr);
}

}  // namespace

CloudAccess::CloudAccess(const config::Config& config)
    : layout_(config.storage), service_(CloudOf(config).service), price_(PriceOf(CloudOf(config))) {
    if (!std::filesystem::exists(layout_.Catalog()))
        throw std::runtime_error("there is no catalog " + layout_.Catalog().string() +
                                 "; `aircheck reindex` makes one from the recordings");
    // Before the list: what is uploaded meanwhile has a row that is not expected there.
    catalog_.emplace(layout_.Catalog(), catalog::Catalog::Mode::kReadOnly);
    if (std::filesystem::exists(layout_.OriginFile())) origin_ = storage::Origin(layout_);
    store_ = cloud::OpenStore(CloudOf(config), {});
}

CloudAccount CloudAccess::Look(const std::string& station) {
    if (!station.empty() && !catalog_->DiskUsage().contains(station))
        throw std::runtime_error("there are no recordings of a station " +
                                 util::CleanUtf8(station));
    const auto segments = catalog_->AllSegments(station);
    std::vector<cloud::ObjectInfo> objects;
    if (!origin_.empty()) {
        store_->List(origin_ + "/", [&](const cloud::ObjectInfo& info) {
            objects.push_back(info);
            return true;
        });
    }
    auto account = MakeAccount(origin_, std::move(objects), segments, station);
    // Uploaded or removed while the list was made.
    std::erase_if(account.orphans, [&](const cloud::ObjectInfo& object) {
        return catalog_->FindObject(object.key).has_value();
    });
    std::erase_if(account.missing, [&](const catalog::Segment& segment) {
        const auto now = catalog_->FindSegment(segment.id);
        return !now || now->object != segment.object;
    });
    return account;
}

std::optional<double> CloudAccess::Cost(std::uint64_t bytes) const {
    if (!price_) return std::nullopt;
    return static_cast<double>(bytes) / kGigabyte * *price_;
}

}  // namespace aircheck::cli

// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/catalog/catalog.h"
#include "common/config/config.h"
#include "common/storage/paths.h"

namespace aircheck::pruner {

/// A storage folder with segments in it.
class Archive : public ::testing::Test {
protected:
    static constexpr int kSegmentBytes = 100;

    Archive()
        : folder_(MakeFolder()),
          layout_(folder_),
          now_(std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}) {
        config_.storage = folder_;
        config_.min_free = 0;
        config::StationConfig station;
        station.callsign = "kpcc";
        station.disk_archive = std::chrono::hours{24};
        config_.stations.push_back(station);
        layout_.Create();
        catalog_.emplace(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite);
    }
    ~Archive() override {
        catalog_.reset();
        std::filesystem::remove_all(folder_);
    }

    static std::filesystem::path MakeFolder() {
        std::string name = ::testing::TempDir() + "aircheck-pruner-XXXXXX";
        return ::mkdtemp(name.data());
    }

    /// A closed segment of a take of its own, with its file, that ended `age` ago.
    catalog::Segment Add(const std::string& station, time::Micros age) {
        layout_.CreateStation(station);
        catalog::Segment segment;
        segment.station = station;
        segment.take = storage::NewTakeId();
        segment.end = now_ - age;
        segment.start = segment.end - std::chrono::minutes{15};
        segment.path = storage::Layout::RelativeSegmentPath(
            {station, segment.start, segment.take, audio::Codec::kMpeg, false});
        segment.state = catalog::SegmentState::kClosed;
        segment.bytes = kSegmentBytes;
        segment.samples = 1;
        std::ofstream(layout_.Resolve(segment.path)) << std::string(kSegmentBytes, 'x');
        return Register(segment);
    }

    catalog::Segment Register(catalog::Segment segment) {
        catalog_->AddTake({segment.take, segment.station, "", segment.start, segment.end, "x"});
        segment.id = catalog_->AddSegment(segment);
        return segment;
    }

    bool HasFile(const catalog::Segment& segment) const {
        return std::filesystem::exists(layout_.Resolve(segment.path));
    }
    bool HasRow(const catalog::Segment& segment) const {
        return catalog_->FindSegment(segment.id).has_value();
    }

    std::filesystem::path folder_;
    storage::Layout layout_;
    time::SysTime now_;
    config::Config config_;
    std::optional<catalog::Catalog> catalog_;
};

}  // namespace aircheck::pruner

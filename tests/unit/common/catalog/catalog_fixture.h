// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "common/catalog/catalog.h"

namespace aircheck::catalog {

using namespace std::chrono_literals;

inline const time::SysTime kNoon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h;

/// An empty catalog, and rows for it.
class CatalogTest : public ::testing::Test {
protected:
    CatalogTest() {
        std::string name = ::testing::TempDir() + "aircheck-catalog-XXXXXX";
        folder_ = ::mkdtemp(name.data());
        path_ = folder_ / "catalog.db";
        catalog_.emplace(path_, Catalog::Mode::kReadWrite);
    }
    ~CatalogTest() override {
        catalog_.reset();
        std::filesystem::remove_all(folder_);
    }

    static Segment MakeSegment(const std::string& take, int sequence, time::SysTime start,
                               const std::string& station = "kpcc") {
        Segment segment;
        segment.station = station;
        segment.take = take;
        segment.sequence = sequence;
        segment.path = station + "/streams/" + take + "-" + std::to_string(sequence) + ".part";
        segment.start = start;
        segment.end = start + 15min;
        segment.bytes = 14'400'000;
        segment.frames = 34'453;
        segment.samples = 44'100 * 900;
        segment.format = {audio::Codec::kMpeg, 1, 3, 44'100, 2};
        return segment;
    }

    void AddTake(const std::string& id, const std::string& station = "kpcc") {
        catalog_->AddTake({id, station, "http://a/b", kNoon, std::nullopt, ""});
    }

    /// Adds it in the state that it has; answers it as the catalog should have it.
    Segment Add(Segment segment) {
        segment.id = catalog_->AddSegment(segment);
        return segment;
    }
    Segment AddClosed(Segment segment) {
        segment.state = SegmentState::kClosed;
        return Add(segment);
    }

    std::filesystem::path folder_;
    std::filesystem::path path_;
    std::optional<Catalog> catalog_;
};

}  // namespace aircheck::catalog

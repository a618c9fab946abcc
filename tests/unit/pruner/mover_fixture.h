// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/storage/origin.h"
#include "pruner/mover.h"
#include "pruner/retention.h"
#include "tests/unit/pruner/archive.h"
#include "tests/unit/support/fake_store.h"

namespace aircheck::pruner {

using namespace std::chrono_literals;
using catalog::Segment;
using catalog::SegmentState;

/// An archive, a cloud, and who moves what is in one to the other.
class MoverTest : public Archive {
protected:
    MoverTest() {
        config_.cloud.emplace();
        config_.stations[0].disk_archive = 24h;
        config_.stations[0].cloud_archive = 240h;
        origin_ = storage::Origin(layout_);
    }

    Mover Make(Checkpoint checkpoint = {}) {
        return Mover(config_, clock_, shared_,
                     {.name = "pruner-0",
                      .open = [this] { return std::make_unique<test::FakeStore>(cloud_); },
                      .random = [] { return 0.5; },
                      .machine = {"machine", "here"},
                      .free_space = [this](const auto&) { return free_; },
                      .checkpoint = std::move(checkpoint)});
    }
    Retention MakeRetention(Checkpoint checkpoint = {}) {
        return Retention(
            config_, clock_, shared_, "pruner-0", [this](const auto&) { return free_; },
            std::move(checkpoint));
    }

    /// Passes until there is nothing more to do, as Pruner makes them.
    template <typename Local, typename Cloud>
    static void RunAll(Local& retention, Cloud& mover) {
        for (int pass = 0; pass < 2; ++pass) {
            while (retention.Run(Scope::kAll).more) {
            }
            while (mover.Run(Scope::kAll, "").more) {
            }
        }
        while (retention.Run(Scope::kAll).more) {
        }
    }
    void RunAll() {
        auto retention = MakeRetention();
        auto mover = Make();
        RunAll(retention, mover);
    }

    std::string KeyOf(const Segment& segment) const {
        return storage::ObjectKey(origin_, segment.path);
    }
    std::string Sound(const Segment& segment) const {
        return std::string(kSegmentBytes, 'x') + segment.take;
    }

    /// As Add, but every file is another one.
    Segment AddSound(time::Micros age, const std::string& station = "kpcc") {
        Segment segment = Add(station, age);
        std::ofstream(layout_.Resolve(segment.path)) << Sound(segment);
        return segment;
    }

    std::vector<std::string> Objects() const {
        auto keys = cloud_.Keys();
        std::erase_if(keys, [](const std::string& key) {
            return key.starts_with("leases/") || key.find("/backups/") != std::string::npos;
        });
        return keys;
    }

    time::ManualClock clock_{now_};
    Shared shared_;
    test::FakeCloud cloud_;
    std::string origin_;
    std::uint64_t free_ = 1'000'000;
};

}  // namespace aircheck::pruner

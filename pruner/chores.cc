// SPDX-License-Identifier: MIT
#include "pruner/chores.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "common/archive/cloud_segments.h"
#include "common/archive/rebuild.h"
#include "common/archive/rename.h"
#include "common/archive/stream_files.h"
#include "common/catalog/catalog_file.h"
#include "common/log/log.h"
#include "common/storage/origin.h"
#include "common/util/error.h"

namespace aircheck::pruner {
namespace {

constexpr char kReindex[] = "reindex";
constexpr char kRename[] = "rename";

}  // namespace

Chores::Chores(boost::asio::io_context& loop, boost::asio::thread_pool& retention,
               storage::Layout layout, std::string name, Answer answer, OpenCloud open)
    : loop_(loop),
      retention_(retention),
      layout_(std::move(layout)),
      name_(std::move(name)),
      answer_(std::move(answer)),
      open_(std::move(open)) {}

bool Chores::IsOne(const proto::Command& command) {
    return command.command == kReindex || command.command == kRename;
}

void Chores::Do(const proto::Command& command) {
    if (stopping_) return;  // the next pruner is told again
    ++running_;
    log::info("{}: {}{}: begun, as somebody has asked for it", name_, command.command,
              command.station.empty() ? "" : " " + command.station);
    auto& thread = command.command == kReindex ? reading_ : retention_;
    // The loop must not run out of work while the chore is away.
    boost::asio::post(thread, [this, command, work = boost::asio::make_work_guard(loop_)] {
        boost::asio::post(loop_, [this, answer = Run(command)] { OnDone(answer); });
    });
}

void Chores::Stop(std::function<void()> finished) {
    stopping_ = true;
    if (running_ == 0) return finished();
    finished_ = std::move(finished);
}

void Chores::OnDone(const proto::Answer& answer) {
    --running_;
    if (!stopping_) {
        log::info("{}: {}", name_, answer.text);
        answer_(answer);
    } else if (running_ == 0 && finished_) {
        std::exchange(finished_, nullptr)();
    }
}

proto::Answer Chores::Run(const proto::Command& command) {
    proto::Answer answer;
    try {
        answer = command.command == kReindex ? Reindex(command.station) : Rename(command.station);
        answer.accepted = true;
    } catch (const std::exception& error) {
        answer.text = fmt::format("{} failed: {}", command.command, util::DescribeException(error));
    }
    answer.id = command.id;
    return answer;
}

proto::Answer Chores::Reindex(const std::string& station) {
    const std::string origin = open_ ? storage::Origin(layout_) : "";
    const auto store = open_ ? open_(stopping_) : nullptr;
    archive::Rebuild rebuild(
        layout_,
        {.on_file = [](const std::string&, std::size_t, std::size_t) {},
         .on_notice = [this](const std::string& sentence) { log::warn("{}: {}", name_, sentence); },
         .quit = [this] { return stopping_.load(); },
         .stored = store ? archive::CloudSegments(*store, origin) : archive::ListStored{}});
    const auto stations = station.empty() ? StationsEverywhere(store.get(), origin)
                                          : std::vector<std::string>{station};
    if (station.empty()) rebuild.Check();
    rebuild.Announce(stations);
    archive::ReindexReport sum;
    for (const std::string& one : stations) {
        if (stopping_) break;
        const auto report = rebuild.Run(one);
        sum.added += report.added;
        sum.known += report.known;
        if (!report.unavailable.empty()) sum.unavailable = report.unavailable;
        for (const auto& file : report.unusable)
            log::warn("{}: {} is left as it is, without any sound", one, file);
        for (const auto& file : report.foreign)
            log::info("{}: {} is none of ours and left alone", one, file);
    }
    proto::Answer answer{
        .text = fmt::format("reindex: {} recordings added, {} were known", sum.added, sum.known)};
    if (!sum.unavailable.empty())
        answer.text += "; what the cloud has stays unknown: " + sum.unavailable;
    return answer;
}

std::vector<std::string> Chores::StationsEverywhere(cloud::ObjectStore* store,
                                                    const std::string& origin) const {
    auto stations = archive::StationsIn(layout_);
    if (!store) return stations;
    try {
        const auto stored = archive::StationsInCloud(*store, origin);
        stations.insert(stations.end(), stored.begin(), stored.end());
    } catch (const cloud::CloudError& error) {
        log::warn("{}: cannot tell which stations the cloud has: {}", name_, error.what());
    }
    std::ranges::sort(stations);
    stations.erase(std::unique(stations.begin(), stations.end()), stations.end());
    return stations;
}

proto::Answer Chores::Rename(const std::string& station) {
    catalog::CatalogFile file(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite);
    const auto stations =
        station.empty() ? archive::StationsIn(layout_) : std::vector<std::string>{station};
    archive::RenameReport sum;
    for (const std::string& one : stations) {
        if (stopping_) break;
        sum +=
            archive::RenameStation(layout_, file.Get(), one, [this] { return stopping_.load(); });
    }
    proto::Answer answer{.text = fmt::format("rename: {} of {} segments renamed, {} failed",
                                             sum.renamed, sum.segments, sum.failed)};
    answer.fraction = sum.segments == 0
                          ? 0.0
                          : static_cast<double>(sum.renamed) / static_cast<double>(sum.segments);
    return answer;
}

}  // namespace aircheck::pruner

// SPDX-License-Identifier: MIT
#include "common/archive/rename.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <exception>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/archive/stream_files.h"
#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::archive {
namespace {

using catalog::Segment;
using storage::Layout;
using storage::SegmentName;

/// Segments of one take can begin in the same second.
constexpr int kNameAttempts = 60;

std::filesystem::path Absolute(const Layout& layout, const SegmentName& name) {
    return layout.Resolve(Layout::RelativeSegmentPath(name));
}

std::optional<SegmentName> NameOf(const Segment& segment) {
    return storage::ParseSegmentName(std::filesystem::path(segment.path).filename().string());
}

/// The second name of a file that the catalog knows by another one: an earlier call has ended
/// between giving the one and taking the other.
void DropSecondNames(const Layout& layout, const catalog::Catalog& catalog,
                     std::string_view station) {
    std::map<std::pair<dev_t, ino_t>, std::vector<SegmentName>> names;
    for (const SegmentName& name : ListStreamFiles(layout, station).finished) {
        struct stat status {};
        if (::lstat(Absolute(layout, name).c_str(), &status) == 0 && status.st_nlink > 1)
            names[{status.st_dev, status.st_ino}].push_back(name);
    }
    for (const auto& [file, all] : names) {
        std::vector<SegmentName> unknown;
        for (const SegmentName& name : all)
            if (!catalog.FindSegment(Layout::RelativeSegmentPath(name))) unknown.push_back(name);
        if (unknown.size() == all.size()) continue;
        for (const SegmentName& name : unknown) ::unlink(Absolute(layout, name).c_str());
    }
}

/// Moves one segment. False if its name is right.
bool RenameSegment(const Layout& layout, catalog::Catalog& catalog, const Segment& segment) {
    const auto now = NameOf(segment);
    if (!now) throw std::runtime_error("its name is none that a segment has");
    const auto old_path = Absolute(layout, *now);
    SegmentName right = *now;
    right.start = std::chrono::floor<std::chrono::seconds>(segment.start);
    for (int attempt = 0; attempt < kNameAttempts;
         ++attempt, right.start += std::chrono::seconds{1}) {
        if (right == *now) return false;
        const auto path = Absolute(layout, right);
        if (::link(old_path.c_str(), path.c_str()) == 0) {
            const bool known = catalog.SetPath(segment.id, Layout::RelativeSegmentPath(right));
            const auto& left = known ? old_path : path;
            if (::unlink(left.c_str()) != 0) util::ThrowErrno("cannot remove " + left.string());
            return known;
        }
        if (errno != EEXIST) util::ThrowErrno("cannot make " + path.string());
    }
    throw std::runtime_error("the names of its time are taken");
}

}  // namespace

RenameReport& RenameReport::operator+=(const RenameReport& other) {
    segments += other.segments;
    renamed += other.renamed;
    failed += other.failed;
    return *this;
}

RenameReport RenameStation(const Layout& layout, catalog::Catalog& catalog,
                           std::string_view station, const std::function<bool()>& quit) {
    DropSecondNames(layout, catalog, station);
    RenameReport report;
    for (const Segment& segment : catalog.OldestClosed(station, catalog::Catalog::kNoLimit)) {
        if (quit && quit()) break;
        ++report.segments;
        try {
            if (RenameSegment(layout, catalog, segment)) ++report.renamed;
        } catch (const catalog::SqliteError&) {
            throw;
        } catch (const std::exception& error) {
            ++report.failed;
            log::warn("{}: {} is not renamed: {}", station, segment.path,
                      util::DescribeException(error));
        }
    }
    return report;
}

}  // namespace aircheck::archive

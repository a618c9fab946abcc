// SPDX-License-Identifier: MIT
#include "common/archive/reindex.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "common/archive/find_splices.h"
#include "common/archive/found_take.h"
#include "common/archive/read_segment.h"
#include "common/archive/stream_files.h"
#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"

namespace aircheck::archive {
namespace {

using catalog::Segment;
using storage::SegmentName;

bool IsLocked(const std::filesystem::path& path) {
    const util::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

/// Whether a closed segment may be what is stored; its marks tell for sure.
bool IsSame(const Segment& segment, const FoundSegment& stored) {
    return segment.state == catalog::SegmentState::kClosed && segment.object.empty() &&
           segment.bytes == stored.segment.bytes && segment.samples == stored.segment.samples;
}

class Reindex {
    using Object = StoredSegments::Object;

public:
    Reindex(const storage::Layout& layout, catalog::Catalog& catalog, std::string_view station,
            const ReindexHooks& hooks)
        : layout_(layout), catalog_(catalog), station_(station), hooks_(hooks) {}

    ReindexReport Run();
    void TellUnknown();

private:
    /// A segment, and where it can be read.
    struct Source {
        SegmentName name;
        const Object* object = nullptr;  // in the cloud; else it is a file
        const Segment* row = nullptr;    // if it is known
    };
    /// Those of one take, by time; the last one may be open.
    using Sources = std::vector<Source>;
    using Takes = std::map<std::string, Sources>;

    Takes Look();
    Takes Sort(StreamFiles files);
    void AddStored(Takes& takes);
    std::vector<const Takes::value_type*> LatestFirst(const Takes& takes) const;
    std::set<std::string> BeingClosed(const std::vector<SegmentName>& finished) const;
    const Segment* RowOf(const SegmentName& name) const;
    std::filesystem::path PathOf(const SegmentName& name) const {
        return layout_.Resolve(storage::Layout::RelativeSegmentPath(name));
    }
    bool Quit() const { return hooks_.quit && hooks_.quit(); }

    void RebuildTake(const std::string& id, const Sources& sources);
    std::optional<FoundSegment> Read(const Source& source);
    bool IsMoved(const FoundSegment& stored);
    bool IsOneOf(const FoundSegment& stored, std::vector<FoundSegment>& files);
    bool CompleteOpen(const Segment& row);

    const storage::Layout& layout_;
    catalog::Catalog& catalog_;
    const std::string station_;
    const ReindexHooks hooks_;
    std::map<std::string, Segment> rows_;  // by path
    StoredSegments stored_;
    std::set<std::string> changed_;  // takes
    std::size_t to_read_ = 0;
    std::size_t read_ = 0;
    ReindexReport report_;
};

Reindex::Takes Reindex::Look() {
    for (Segment& row : catalog_.AllSegments(station_)) {
        std::string path = row.path;
        rows_.emplace(std::move(path), std::move(row));
    }
    Takes takes = Sort(ListStreamFiles(layout_, station_));
    AddStored(takes);
    for (auto& [id, sources] : takes)
        std::ranges::stable_sort(
            sources, {}, [](const Source& s) { return std::pair(s.name.open, s.name.start); });
    return takes;
}

void Reindex::TellUnknown() {
    Look();
    const std::string key = UnknownKey(station_);
    const std::size_t unknown = to_read_ + report_.waiting;
    if (unknown > 0)
        catalog_.SetValue(key, std::to_string(unknown));
    else if (report_.unavailable.empty() && catalog_.Value(key))
        catalog_.RemoveValue(key);
}

ReindexReport Reindex::Run() {
    const Takes takes = Look();
    for (const auto* take : LatestFirst(takes)) {
        if (Quit()) break;
        RebuildTake(take->first, take->second);
    }
    for (const auto& [path, row] : rows_) {
        if (Quit()) break;
        if (row.state == catalog::SegmentState::kOpen && CompleteOpen(row))
            changed_.insert(row.take);
    }
    if (!changed_.empty()) FindSplices(catalog_, station_, changed_);
    const bool all = report_.waiting == 0 && report_.unavailable.empty();
    if (!Quit() && all && catalog_.Value(UnknownKey(station_)))
        catalog_.RemoveValue(UnknownKey(station_));
    return std::move(report_);
}

const Segment* Reindex::RowOf(const SegmentName& name) const {
    const auto row = rows_.find(storage::Layout::RelativeSegmentPath(name));
    return row == rows_.end() ? nullptr : &row->second;
}

/// By take; without those that are not ours to register.
Reindex::Takes Reindex::Sort(StreamFiles files) {
    report_.foreign = std::move(files.foreign);
    report_.open = files.open.size();
    const auto being_closed = BeingClosed(files.finished);
    std::set<std::string> waiting;
    for (const SegmentName& name : files.open)
        if (!RowOf(name) && IsLocked(PathOf(name))) waiting.insert(name.take);

    Takes takes;
    for (SegmentName& name : files.finished) {
        const Segment* row = RowOf(name);
        if (row) {
            ++report_.known;
        } else if (waiting.contains(name.take) ||
                   being_closed.contains(storage::FormatSegmentName(name))) {
            ++report_.waiting;
            continue;
        } else {
            ++to_read_;
        }
        takes[name.take].push_back({name, nullptr, row});
    }
    for (const SegmentName& name : files.open)
        if (const Segment* row = RowOf(name)) takes[name.take].push_back({name, nullptr, row});
    return takes;
}

/// What is in the cloud and has no file here. What has both is the file's affair.
void Reindex::AddStored(Takes& takes) {
    if (!hooks_.stored) return;
    stored_ = hooks_.stored(station_);
    report_.unavailable = stored_.unavailable;
    std::ranges::move(stored_.foreign, std::back_inserter(report_.foreign));
    std::map<std::string_view, const Segment*> by_key;
    for (const auto& [path, row] : rows_)
        if (!row.object.empty()) by_key.emplace(row.object, &row);
    for (const Object& object : stored_.objects) {
        Sources& take = takes[object.name.take];
        const auto row = by_key.find(object.key);
        if (row != by_key.end()) {
            if (row->second->state != catalog::SegmentState::kUploaded) continue;
            ++report_.known;
            take.push_back({object.name, &object, row->second});
        } else if (std::ranges::find(take, object.name, &Source::name) == take.end()) {
            take.push_back({object.name, &object, nullptr});
            ++to_read_;
        }
    }
}

std::vector<const Reindex::Takes::value_type*> Reindex::LatestFirst(const Takes& takes) const {
    std::vector<const Takes::value_type*> order;
    for (const auto& take : takes)
        if (!take.second.empty()) order.push_back(&take);
    std::ranges::sort(order, std::greater{},
                      [](const auto* take) { return take->second.back().name.start; });
    return order;
}

/// Finished files that an open row is about to be closed with: the nearest of its take, where its
/// `.part` is gone.
std::set<std::string> Reindex::BeingClosed(const std::vector<SegmentName>& finished) const {
    std::set<std::string> names;
    for (const auto& [path, row] : rows_) {
        std::error_code ignored;
        if (row.state != catalog::SegmentState::kOpen ||
            std::filesystem::exists(layout_.Resolve(path), ignored))
            continue;
        const SegmentName* nearest = nullptr;
        for (const SegmentName& name : finished) {
            if (name.take != row.take || RowOf(name)) continue;
            if (!nearest || std::chrono::abs(name.start - row.start) <
                                std::chrono::abs(nearest->start - row.start))
                nearest = &name;
        }
        if (nearest) names.insert(storage::FormatSegmentName(*nearest));
    }
    return names;
}

void Reindex::RebuildTake(const std::string& id, const Sources& sources) {
    if (std::ranges::all_of(sources, [](const Source& source) { return source.row != nullptr; }))
        return;
    std::vector<FoundSegment> take;
    for (const bool in_cloud : {false, true}) {
        for (const Source& source : sources) {
            if ((source.object != nullptr) != in_cloud) continue;
            if (Quit()) return;
            if (source.row) {
                take.push_back({.segment = *source.row, .known = true, .named = source.name.start});
            } else if (auto found = Read(source)) {
                if (in_cloud && (IsMoved(*found) || IsOneOf(*found, take))) continue;
                take.push_back(*std::move(found));
            }
        }
    }
    if (take.empty()) return;
    std::ranges::stable_sort(take, {}, [](const FoundSegment& found) {
        return std::pair(found.segment.state == catalog::SegmentState::kOpen, found.named);
    });
    Arrange(take);
    const catalog::Take row{
        id, station_, "", take.front().segment.start, take.back().segment.end, kCauseUnknown};
    for (const FoundSegment& found : take) {
        if (found.known) continue;
        if (catalog_.AddFound(row, found.segment, found.index, found.marks)) ++report_.added;
    }
    changed_.insert(id);
}

/// Nothing, and a line in the report, if there is no sound in it.
std::optional<FoundSegment> Reindex::Read(const Source& source) {
    if (source.object && !report_.unavailable.empty()) return std::nullopt;
    if (hooks_.on_file) hooks_.on_file(read_, to_read_);
    ++read_;
    try {
        return source.object ? ReadObject(stored_, *source.object) : ReadFile(layout_, source.name);
    } catch (const CloudUnavailable& error) {
        report_.unavailable = error.what();
        return std::nullopt;
    } catch (const std::exception& error) {
        const std::string name =
            source.object ? source.object->key : storage::FormatSegmentName(source.name);
        log::warn("{}: {} is left as it is: {}", station_, name, util::DescribeException(error));
        report_.unusable.push_back(name);
        return std::nullopt;
    }
}

/// The catalog is older than the move: it still has the file, which is gone.
bool Reindex::IsMoved(const FoundSegment& stored) {
    const auto row = rows_.find(stored.segment.path);
    if (row == rows_.end()) return false;
    const Segment& segment = row->second;
    if (!IsSame(segment, stored) || catalog_.Marks(segment.id) != stored.marks) return true;
    catalog_.SetObject(segment.id, stored.segment.object);
    if (catalog_.SetUploaded(segment.id)) ++report_.added;
    return true;
}

/// An object keeps its key when its segment gets another name: the same sound, which is still here.
bool Reindex::IsOneOf(const FoundSegment& stored, std::vector<FoundSegment>& files) {
    for (FoundSegment& file : files) {
        Segment& segment = file.segment;
        if (!IsSame(segment, stored)) continue;
        const auto marks = file.known ? catalog_.Marks(segment.id) : std::optional(file.marks);
        if (marks != stored.marks) continue;
        segment.object = stored.segment.object;
        if (file.known) catalog_.SetObject(segment.id, segment.object);
        return true;
    }
    return false;
}

/// What is being recorded, and was told of anew to another catalog: its recorder does not have the
/// index and the marks of what it wrote before. False if nothing is missing.
bool Reindex::CompleteOpen(const Segment& row) {
    const std::size_t seconds = row.samples / std::max<std::uint32_t>(row.format.sample_rate, 1);
    if (seconds < 2 || catalog_.Index(row.id).size() > seconds / 2) return false;
    try {
        catalog::Measured measured =
            catalog::MeasureSegment(OpenSegment(layout_.Resolve(row.path)).get(), row.format.codec);
        std::erase_if(measured.index, [&](const catalog::IndexEntry& entry) {
            return entry.sample >= row.samples;
        });
        catalog_.CompleteIndex(row.id, measured.index);
        catalog_.SetMarks(row.id, {std::move(measured.marks.head), {}});
        return true;
    } catch (const catalog::SqliteError&) {
        throw;
    } catch (const std::exception& error) {
        // It has been closed meanwhile, perhaps; a coarse index serves as well.
        log::debug("{}: {}", station_, util::DescribeException(error));
        return false;
    }
}

}  // namespace

std::string UnknownKey(std::string_view station) {
    return "unknown." + std::string(station);
}

void TellUnknown(const storage::Layout& layout, catalog::Catalog& catalog, std::string_view station,
                 const ListStored& stored) {
    Reindex(layout, catalog, station, {.on_file = {}, .quit = {}, .stored = stored}).TellUnknown();
}

ReindexReport ReindexStation(const storage::Layout& layout, catalog::Catalog& catalog,
                             std::string_view station, const ReindexHooks& hooks) {
    return Reindex(layout, catalog, station, hooks).Run();
}

}  // namespace aircheck::archive

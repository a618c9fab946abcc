// SPDX-License-Identifier: MIT
#include "common/archive/reindex.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "common/archive/found_take.h"
#include "common/archive/known_take.h"
#include "common/archive/stream_files.h"
#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"

namespace aircheck::archive {
namespace {

using catalog::Measured;
using catalog::Segment;
using storage::SegmentName;

/// An end that has so little sound may still be found elsewhere by its recorder.
constexpr std::chrono::seconds kLeastHead{10};

/// A take goes on in one of the next few, and is looked for in as many.
constexpr std::size_t kNeighbours = 2;

/// For the splicer, which forgets what ended long before: the archive's time stands for its own.
time::SteadyTime AsSteady(time::SysTime t) {
    return time::SteadyTime(t.time_since_epoch());
}

util::UniqueFd Open(const std::filesystem::path& path) {
    util::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd) util::ThrowErrno("cannot open " + path.string());
    return fd;
}

bool IsLocked(const std::filesystem::path& path) {
    const util::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

class Reindex {
public:
    Reindex(const storage::Layout& layout, catalog::Catalog& catalog, std::string_view station,
            const ReindexHooks& hooks)
        : layout_(layout), catalog_(catalog), station_(station), hooks_(hooks) {}

    ReindexReport Run();
    void TellUnknown();

private:
    /// The files of one take, by time; the last one may be open.
    using Names = std::vector<SegmentName>;

    struct TakeInOrder {
        std::string id;
        time::SysTime start;
        bool changed = false;
    };

    std::map<std::string, Names> Look();
    std::map<std::string, Names> Sort(StreamFiles files);
    std::set<std::string> BeingClosed(const std::vector<SegmentName>& finished) const;
    const Segment* RowOf(const SegmentName& name) const;
    std::filesystem::path PathOf(const SegmentName& name) const {
        return layout_.Resolve(storage::Layout::RelativeSegmentPath(name));
    }
    bool Quit() const { return hooks_.quit && hooks_.quit(); }

    void RebuildTake(const std::string& id, const Names& names);
    std::optional<FoundSegment> Read(const SegmentName& name);
    bool CompleteOpen(const Segment& row);
    void FindSplices();
    std::optional<KnownTake> LoadBeginning(const catalog::Take& take) const;

    const storage::Layout& layout_;
    catalog::Catalog& catalog_;
    const std::string station_;
    const ReindexHooks hooks_;
    std::map<std::string, Segment> rows_;  // by path
    std::set<std::string> changed_;        // takes
    std::size_t to_read_ = 0;
    std::size_t read_ = 0;
    ReindexReport report_;
};

std::map<std::string, Reindex::Names> Reindex::Look() {
    for (Segment& row : catalog_.AllSegments(station_)) {
        std::string path = row.path;
        rows_.emplace(std::move(path), std::move(row));
    }
    return Sort(ListStreamFiles(layout_, station_));
}

void Reindex::TellUnknown() {
    Look();
    const std::string key = UnknownKey(station_);
    const std::size_t unknown = to_read_ + report_.waiting;
    if (unknown > 0)
        catalog_.SetValue(key, std::to_string(unknown));
    else if (catalog_.Value(key))
        catalog_.RemoveValue(key);
}

ReindexReport Reindex::Run() {
    const auto takes = Look();
    for (const auto& [id, names] : takes) {
        if (Quit()) break;
        RebuildTake(id, names);
    }
    for (const auto& [path, row] : rows_) {
        if (Quit()) break;
        if (row.state == catalog::SegmentState::kOpen && CompleteOpen(row))
            changed_.insert(row.take);
    }
    if (!changed_.empty()) FindSplices();
    if (!Quit() && report_.waiting == 0 && catalog_.Value(UnknownKey(station_)))
        catalog_.RemoveValue(UnknownKey(station_));
    return std::move(report_);
}

const Segment* Reindex::RowOf(const SegmentName& name) const {
    const auto row = rows_.find(storage::Layout::RelativeSegmentPath(name));
    return row == rows_.end() ? nullptr : &row->second;
}

/// By take; without those that are not ours to register.
std::map<std::string, Reindex::Names> Reindex::Sort(StreamFiles files) {
    report_.foreign = std::move(files.foreign);
    report_.open = files.open.size();
    const auto being_closed = BeingClosed(files.finished);
    std::set<std::string> waiting;
    for (const SegmentName& name : files.open)
        if (!RowOf(name) && IsLocked(PathOf(name))) waiting.insert(name.take);

    std::map<std::string, Names> takes;
    for (SegmentName& name : files.finished) {
        if (RowOf(name)) {
            ++report_.known;
        } else if (waiting.contains(name.take) ||
                   being_closed.contains(storage::FormatSegmentName(name))) {
            ++report_.waiting;
            continue;
        } else {
            ++to_read_;
        }
        takes[name.take].push_back(std::move(name));
    }
    for (SegmentName& name : files.open)
        if (RowOf(name)) takes[name.take].push_back(std::move(name));
    return takes;
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

void Reindex::RebuildTake(const std::string& id, const Names& names) {
    const auto known = [this](const SegmentName& name) { return RowOf(name) != nullptr; };
    if (std::ranges::all_of(names, known)) return;
    std::vector<FoundSegment> take;
    for (const SegmentName& name : names) {
        if (Quit()) return;
        if (const Segment* row = RowOf(name)) {
            take.push_back({.segment = *row, .known = true});
        } else if (auto found = Read(name)) {
            take.push_back(*std::move(found));
        }
    }
    if (take.empty()) return;
    Arrange(take);
    const catalog::Take row{
        id, station_, "", take.front().segment.start, take.back().segment.end, kCauseUnknown};
    for (const FoundSegment& found : take) {
        if (found.known) continue;
        if (catalog_.AddFound(row, found.segment, found.index, found.marks)) ++report_.added;
    }
    changed_.insert(id);
}

/// Nothing, and a line in the report, if there is no sound in the file.
std::optional<FoundSegment> Reindex::Read(const SegmentName& name) {
    FoundSegment found{.named = name.start};
    try {
        if (hooks_.on_file) hooks_.on_file(read_, to_read_);
        ++read_;
        const util::UniqueFd fd = Open(PathOf(name));
        struct stat status {};
        if (::fstat(fd.get(), &status) != 0) util::ThrowErrno("cannot look at it");
        if (!S_ISREG(status.st_mode)) throw std::runtime_error("no file");
        Measured measured = catalog::MeasureSegment(fd.get(), name.codec);
        if (measured.frames == 0) throw std::runtime_error("no whole frame in it");
        const auto modified = std::chrono::seconds(status.st_mtim.tv_sec) +
                              std::chrono::nanoseconds(status.st_mtim.tv_nsec);
        found.modified = time::SysTime(std::chrono::duration_cast<time::Micros>(modified));
        found.segment = {.station = station_,
                         .take = name.take,
                         .path = storage::Layout::RelativeSegmentPath(name),
                         .state = catalog::SegmentState::kClosed,
                         .bytes = measured.bytes,
                         .frames = measured.frames,
                         .samples = measured.samples,
                         .setup_bytes = measured.setup_bytes,
                         .format = measured.format};
        found.index = std::move(measured.index);
        found.marks = std::move(measured.marks);
        return found;
    } catch (const std::exception& error) {
        const std::string file = storage::FormatSegmentName(name);
        log::warn("{}: {} is left as it is: {}", station_, file, util::DescribeException(error));
        report_.unusable.push_back(file);
        return std::nullopt;
    }
}

/// What is being recorded, and was told of anew to another catalog: its recorder does not have the
/// index and the marks of what it wrote before. False if nothing is missing.
bool Reindex::CompleteOpen(const Segment& row) {
    const std::size_t seconds = row.samples / std::max<std::uint32_t>(row.format.sample_rate, 1);
    if (seconds < 2 || catalog_.Index(row.id).size() > seconds / 2) return false;
    try {
        Measured measured =
            catalog::MeasureSegment(Open(layout_.Resolve(row.path)).get(), row.format.codec);
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

/// Where takes that are new here, and those before and behind them, go on.
void Reindex::FindSplices() {
    std::vector<TakeInOrder> takes;
    std::set<std::string> seen;
    for (const Segment& segment : catalog_.AllSegments(station_))
        if (seen.insert(segment.take).second)
            takes.push_back({segment.take, segment.start, changed_.contains(segment.take)});

    Splicer splicer;
    for (std::size_t i = 0; i < takes.size(); ++i) {
        const std::size_t from = i - std::min(i, kNeighbours);
        const std::size_t to = std::min(i + kNeighbours + 1, takes.size());
        const std::span near(takes.begin() + static_cast<std::ptrdiff_t>(from),
                             takes.begin() + static_cast<std::ptrdiff_t>(to));
        if (std::ranges::none_of(near, &TakeInOrder::changed)) continue;
        const auto take = catalog_.FindTake(takes[i].id);
        if (!take) continue;
        std::vector<KnownTake> living;
        if (take->ended) {
            if (auto ended = LoadTake(catalog_, *take)) {
                const auto end = AsSteady(ended->end);
                splicer.Ended(*std::move(ended), end);
            }
        } else if (auto beginning = LoadBeginning(*take)) {
            living.push_back(*std::move(beginning));
        }
        for (const catalog::Splice& splice : splicer.Resolve(living, AsSteady(takes[i].start)))
            catalog_.AddSplice(splice);
    }
}

/// A take that lasts, as far as its marks are kept: its first minute.
std::optional<KnownTake> Reindex::LoadBeginning(const catalog::Take& take) const {
    const auto segments = catalog_.SegmentsOfTake(take.id);
    if (segments.empty()) return std::nullopt;
    const Segment& first = segments.front();
    const auto marks = catalog_.Marks(first.id);
    if (!marks) return std::nullopt;
    const auto duration = catalog::SampleDuration(marks->head.Samples(), first.format.sample_rate);
    if (duration < kLeastHead) return std::nullopt;
    audio::MarkRun head = marks->head;
    head.begin += first.take_sample;
    return KnownTake{.id = take.id,
                     .connected = take.connected,
                     .start = first.start,
                     .end = first.start + duration,
                     .began = std::nullopt,
                     .sample_rate = first.format.sample_rate,
                     .head = head,
                     .tail = head};
}

}  // namespace

std::string UnknownKey(std::string_view station) {
    return "unknown." + std::string(station);
}

void TellUnknown(const storage::Layout& layout, catalog::Catalog& catalog,
                 std::string_view station) {
    Reindex(layout, catalog, station, {}).TellUnknown();
}

ReindexReport ReindexStation(const storage::Layout& layout, catalog::Catalog& catalog,
                             std::string_view station, const ReindexHooks& hooks) {
    return Reindex(layout, catalog, station, hooks).Run();
}

}  // namespace aircheck::archive

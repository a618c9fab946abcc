// SPDX-License-Identifier: MIT
#include "common/archive/segment_repair.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

#include "common/catalog/measure.h"
#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/storage/file_system.h"
#include "common/util/error.h"
#include "common/util/unique_fd.h"

namespace aircheck::archive {
namespace {

using catalog::Measured;
using catalog::Segment;
using storage::SegmentName;

constexpr char kCauseCrash[] = "crash";

/// A living recorder locks a file, writes to it and tells the catalog in steps. A row or take that
/// looks abandoned is left alone for as long as it could be just in between two of them.
constexpr std::chrono::seconds kGrace{30};

/// Two segments of one take can begin in the same second.
constexpr int kNameAttempts = 60;

/// Where a segment ends now that its file has been measured. What the row says of the part it
/// knows stays true; the rest adds to it by the sample clock.
time::SysTime EndOf(const Segment& row, const Measured& measured) {
    if (row.samples == 0) return row.start + measured.Duration();
    if (measured.samples >= row.samples)
        return row.end +
               catalog::SampleDuration(measured.samples - row.samples, measured.format.sample_rate);
    const double kept = static_cast<double>(measured.samples) / static_cast<double>(row.samples);
    return row.start + std::chrono::duration_cast<time::Micros>((row.end - row.start) * kept);
}

class Repair {
public:
    Repair(const storage::Layout& layout, catalog::Catalog& catalog, std::string_view station,
           const time::Clock& clock)
        : layout_(layout), catalog_(catalog), station_(station), now_(clock.Now()) {}

    RepairReport Run() {
        // A storage that is not mounted just now says nothing about its files.
        if (!std::filesystem::is_directory(layout_.Streams(station_))) return report_;
        for (const SegmentName& name : Files(true))
            Guarded(name, [&](int fd) { FinishPart(name, fd); });
        for (const Segment& row : catalog_.OpenSegments(station_)) MendRow(row);
        for (const catalog::Take& take : catalog_.UnendedTakes(station_)) EndIfDead(take);
        return report_;
    }

private:
    enum class Access { kOurs, kLive, kGone };

    std::vector<SegmentName> Files(bool open) const;
    Access Lock(const SegmentName& name, util::UniqueFd& fd) const;
    std::filesystem::path Absolute(const SegmentName& name) const {
        return layout_.Resolve(storage::Layout::RelativeSegmentPath(name));
    }

    bool Exists(const SegmentName& name) const {
        std::error_code ignored;
        return std::filesystem::exists(std::filesystem::symlink_status(Absolute(name), ignored));
    }

    template <typename Step>
    void Guarded(const SegmentName& name, Step step);

    void FinishPart(const SegmentName& name, int fd);
    void DropEmpty(const SegmentName& name);
    void DropUndated(const SegmentName& name);
    std::optional<Segment> RowOf(const SegmentName& name) const;
    std::optional<Segment> MakeRow(const SegmentName& name, const Measured& measured);
    SegmentName Rename(const SegmentName& name, time::SysTime start) const;
    void CloseRow(const Segment& row, const Measured& measured, const SegmentName& final_name);

    std::optional<SegmentName> FinishedFileOf(const Segment& row) const;
    void MendRow(const Segment& row);
    void EndIfDead(const catalog::Take& take);

    const storage::Layout& layout_;
    catalog::Catalog& catalog_;
    const std::string station_;
    const time::SysTime now_;
    std::set<std::string> live_takes_;
    std::set<std::string> repaired_takes_;
    RepairReport report_;
};

/// The station's segments, open or finished, by time.
std::vector<SegmentName> Repair::Files(bool open) const {
    std::vector<SegmentName> names;
    std::error_code error;
    std::filesystem::directory_iterator folder(layout_.Streams(station_), error);
    for (; !error && folder != std::filesystem::directory_iterator(); folder.increment(error)) {
        auto name = storage::ParseSegmentName(folder->path().filename().string());
        if (name && name->open == open && name->station == station_)
            names.push_back(*std::move(name));
    }
    if (error) throw std::system_error(error, "cannot read " + layout_.Streams(station_).string());
    std::ranges::sort(names, {}, [](const SegmentName& n) { return std::tie(n.start, n.take); });
    return names;
}

Repair::Access Repair::Lock(const SegmentName& name, util::UniqueFd& fd) const {
    const auto path = Absolute(name);
    fd = util::UniqueFd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd && errno == ENOENT) return Access::kGone;
    if (!fd) util::ThrowErrno("cannot open " + path.string());
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return Access::kLive;
        util::ThrowErrno("cannot lock " + path.string());
    }
    // Its recorder may have renamed it and let go between the two calls.
    struct stat locked {};
    struct stat named {};
    if (::fstat(fd.get(), &locked) != 0) util::ThrowErrno("cannot look at " + path.string());
    if (!S_ISREG(locked.st_mode)) throw std::runtime_error(path.string() + " is no file");
    const bool same = ::lstat(path.c_str(), &named) == 0 && locked.st_dev == named.st_dev &&
                      locked.st_ino == named.st_ino;
    return same ? Access::kOurs : Access::kGone;
}

/// Takes the file's lock for the step. A file that cannot be mended does not keep the others from
/// being; a catalog that fails does.
template <typename Step>
void Repair::Guarded(const SegmentName& name, Step step) {
    try {
        util::UniqueFd fd;
        switch (Lock(name, fd)) {
            case Access::kOurs:
                step(fd.get());
                break;
            case Access::kLive:
                ++report_.skipped_live;
                if (!RowOf(name)) ++report_.unknown_live;
                live_takes_.insert(name.take);
                break;
            case Access::kGone:
                break;
        }
    } catch (const catalog::SqliteError&) {
        throw;
    } catch (const std::exception& error) {
        ++report_.unusable;
        log::warn("{}: {} is left as it is: {}", station_, storage::FormatSegmentName(name),
                  util::DescribeException(error));
    }
}

void Repair::FinishPart(const SegmentName& name, int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) util::ThrowErrno("cannot look at it");
    if (status.st_size == 0) return DropEmpty(name);

    std::optional<Segment> row = RowOf(name);
    if (!row && !name.dated()) return DropUndated(name);
    const Measured measured = catalog::MeasureSegment(fd, name.codec);
    if (measured.frames == 0) {
        if (row) catalog_.RemoveSegment(row->id);
        throw std::runtime_error("no whole frame in it");
    }
    const bool known = row.has_value();
    if (!known) row = MakeRow(name, measured);

    const auto torn = static_cast<std::uint64_t>(status.st_size) - measured.bytes;
    if (torn > 0 && ::ftruncate(fd, static_cast<off_t>(measured.bytes)) != 0)
        util::ThrowErrno("cannot cut it");
    storage::SystemFiles().SetModified(fd, EndOf(*row, measured));  // as a recorder does
    if (::fdatasync(fd) != 0) util::ThrowErrno("cannot sync it");
    const SegmentName final_name = Rename(name, row->start);
    CloseRow(*row, measured, final_name);
    ++(known ? report_.closed : report_.recovered);
    log::info("{}: finished {} of a recorder that died: {} frames, {} torn bytes cut", station_,
              storage::FormatSegmentName(final_name), measured.frames, torn);
}

/// Its recorder died before it wrote, or has not locked it yet and will make it again.
void Repair::DropEmpty(const SegmentName& name) {
    const auto row = RowOf(name);
    if (::unlink(Absolute(name).c_str()) != 0) util::ThrowErrno("cannot remove it");
    if (row) catalog_.RemoveSegment(row->id);
}

void Repair::DropUndated(const SegmentName& name) {
    if (::unlink(Absolute(name).c_str()) != 0) util::ThrowErrno("cannot remove it");
    ++report_.dropped;
    log::debug("{}: {}: its recorder died while the burst came in", station_,
               storage::FormatSegmentName(name));
}

/// The final name counts as long as it is no other file's: the row may have been closed first.
std::optional<Segment> Repair::RowOf(const SegmentName& name) const {
    if (auto row = catalog_.FindSegment(storage::Layout::RelativeSegmentPath(name))) return row;
    SegmentName closed = name;
    closed.open = false;
    if (Exists(closed)) return std::nullopt;
    return catalog_.FindSegment(storage::Layout::RelativeSegmentPath(closed));
}

std::optional<Segment> Repair::MakeRow(const SegmentName& name, const Measured& measured) {
    const auto take = catalog_.FindTake(name.take);
    if (take && take->station != station_)
        throw std::runtime_error("its take belongs to another station");
    if (!take) catalog_.AddTake({name.take, station_, "", name.start, std::nullopt, ""});

    const auto siblings = catalog_.SegmentsOfTake(name.take);
    Segment row;
    if (!siblings.empty()) row.take_sample = siblings.back().take_sample + siblings.back().samples;
    row.station = station_;
    row.take = name.take;
    row.sequence = siblings.empty() ? 0 : siblings.back().sequence + 1;
    row.path = storage::Layout::RelativeSegmentPath(name);
    row.start = name.start;
    row.end = name.start + measured.Duration();
    row.bytes = measured.bytes;
    row.frames = measured.frames;
    row.samples = measured.samples;
    row.setup_bytes = measured.setup_bytes;
    row.format = measured.format;
    row.id = catalog_.AddSegment(row);
    return row;
}

/// Gives the `.part` its final name, never another file's.
SegmentName Repair::Rename(const SegmentName& name, time::SysTime start) const {
    SegmentName closed = name;
    closed.open = false;
    closed.start = std::chrono::floor<std::chrono::seconds>(start);
    for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
        if (!Exists(closed)) {
            std::filesystem::rename(Absolute(name), Absolute(closed));
            return closed;
        }
        closed.start += std::chrono::seconds{1};
    }
    throw std::runtime_error("its final name is taken");
}

void Repair::CloseRow(const Segment& row, const Measured& measured, const SegmentName& final_name) {
    const catalog::SegmentProgress whole{row.id,         row.start,       EndOf(row, measured),
                                         measured.bytes, measured.frames, measured.samples,
                                         measured.index};
    catalog_.CloseMeasured(whole, storage::Layout::RelativeSegmentPath(final_name));
    catalog_.SetMarks(row.id, measured.marks);
    repaired_takes_.insert(row.take);
}

/// A finished file of the row's take that no row tells of: the nearest in time.
std::optional<SegmentName> Repair::FinishedFileOf(const Segment& row) const {
    std::optional<SegmentName> nearest;
    const auto distance = [&](const SegmentName& name) {
        return std::chrono::abs(name.start - row.start);
    };
    for (const SegmentName& name : Files(false)) {
        if (name.take != row.take ||
            catalog_.FindSegment(storage::Layout::RelativeSegmentPath(name)))
            continue;
        if (!nearest || distance(name) < distance(*nearest)) nearest = name;
    }
    return nearest;
}

/// An open row whose `.part` is not there any more.
void Repair::MendRow(const Segment& row) {
    std::error_code ignored;
    if (std::filesystem::exists(layout_.Resolve(row.path), ignored)) return;

    if (const auto name = FinishedFileOf(row)) {
        return Guarded(*name, [&](int fd) {
            const Measured measured = catalog::MeasureSegment(fd, name->codec);
            if (measured.frames == 0) throw std::runtime_error("no whole frame in it");
            CloseRow(row, measured, *name);
            ++report_.closed;
        });
    }
    // A living recorder may have closed the row meanwhile.
    const auto current = catalog_.FindSegment(row.id);
    if (!current || current->state != catalog::SegmentState::kOpen || row.start > now_ - kGrace)
        return;
    log::warn("{}: {} is gone", station_, row.path);
    catalog_.RemoveSegment(row.id);
    repaired_takes_.insert(row.take);
}

void Repair::EndIfDead(const catalog::Take& take) {
    if (live_takes_.contains(take.id)) return;
    time::SysTime end = take.connected;
    for (const Segment& segment : catalog_.SegmentsOfTake(take.id)) {
        if (segment.state == catalog::SegmentState::kOpen) return;
        end = std::max(end, segment.end);
    }
    // One that nothing was found of here may live and be about to begin a segment.
    if (repaired_takes_.contains(take.id) || end < now_ - kGrace)
        catalog_.EndTake(take.id, end, kCauseCrash);
}

}  // namespace

RepairReport RepairStation(const storage::Layout& layout, catalog::Catalog& catalog,
                           std::string_view station, const time::Clock& clock) {
    return Repair(layout, catalog, station, clock).Run();
}

bool IsAbandoned(const storage::Layout& layout, const catalog::Segment& open) {
    const auto path = layout.Resolve(open.path);
    const util::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) == 0;
}

}  // namespace aircheck::archive

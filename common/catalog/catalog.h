// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/catalog/rows.h"
#include "common/time/clock.h"

namespace aircheck::catalog {

/// The book of what has been recorded: SQLite in WAL mode, shared by several processes at once.
/// One thread at a time; every call may block on the disk, so it belongs on a worker thread where
/// there is a loop. A lock held by another process is waited for (`patience`), then the call
/// throws. All calls throw SqliteError.
class Catalog {
public:
    static constexpr std::chrono::milliseconds kBusyTimeout{10'000};

    enum class Mode {
        kReadWrite,  // creates the file and migrates it to this program's schema
        kReadOnly,   // fails if there is none yet
    };

    /// Throws std::runtime_error too, if the file was written by a newer Aircheck.
    Catalog(const std::filesystem::path& path, Mode mode,
            std::chrono::milliseconds patience = kBusyTimeout);
    ~Catalog();
    Catalog(Catalog&&) noexcept;
    Catalog& operator=(Catalog&&) noexcept;

    /// Whether the file that was opened is not the one at its path any more.
    bool Moved() const;

    // Recording

    /// A take that is known already is a constraint error: draw another id.
    void AddTake(const Take& take);

    /// Also corrects how it was thought to have ended.
    void EndTake(std::string_view take, time::SysTime ended, std::string_view cause);

    /// Answers the id. `segment.id` is ignored.
    std::int64_t AddSegment(const Segment& segment);

    /// All of them in one transaction. A segment that has been removed meanwhile is passed over,
    /// and so are index entries that are known already.
    void Update(std::span<const SegmentProgress> progress);

    /// The last progress, the final path and state kClosed, in one transaction. A segment that has
    /// been removed meanwhile is a constraint error; one of the same take that was found under that
    /// path without its recorder's word gives way.
    void Close(const SegmentProgress& progress, std::string_view final_path);

    /// For a segment that was measured anew: as Close, but `whole.index` replaces the index.
    void CloseMeasured(const SegmentProgress& whole, std::string_view final_path);

    /// The file has another name now. False if the segment is gone.
    bool SetPath(std::int64_t segment, std::string_view path);

    void AddTitle(const Title& title);

    /// Takes the place of what was kept of that segment; an empty run leaves the one there is. Does
    /// nothing if the segment is gone.
    void SetMarks(std::int64_t segment, const SegmentMarks& marks);

    /// Does nothing if there is one of these two takes already, or if one of them is gone.
    void AddSplice(const Splice& splice);

    void AddFailure(std::string_view station, const Failure& failure);
    void ForgetFailures(std::string_view station, time::SysTime before);

    // Reading

    std::optional<Segment> FindSegment(std::int64_t id) const;
    std::optional<Segment> FindSegment(std::string_view path) const;

    /// Those that hold sound of [from, to), by start.
    std::vector<Segment> SegmentsBetween(std::string_view station, time::SysTime from,
                                         time::SysTime to) const;

    /// All of them, or a station's, by start.
    std::vector<Segment> AllSegments(std::string_view station = {}) const;
    std::vector<Segment> OpenSegments(std::string_view station = {}) const;

    /// The last one that ends at or before `t`; the first one that starts at or after it.
    std::optional<Segment> SegmentBefore(std::string_view station, time::SysTime t) const;
    std::optional<Segment> SegmentAfter(std::string_view station, time::SysTime t) const;

    /// The last entry at or before `sample`; nullopt where the index is empty.
    std::optional<IndexEntry> FindIndexEntry(std::int64_t segment, std::uint64_t sample) const;
    std::vector<IndexEntry> Index(std::int64_t segment) const;

    std::optional<Take> FindTake(std::string_view id) const;
    std::vector<Take> UnendedTakes(std::string_view station) const;
    std::vector<Segment> SegmentsOfTake(std::string_view take) const;  // by sequence
    std::vector<Title> TitlesBetween(std::string_view station, time::SysTime from,
                                     time::SysTime to) const;

    /// Those of a station from `from` on that come before that place, the last one first.
    std::vector<Title> TitlesBefore(std::string_view station, time::SysTime from, TitlePlace before,
                                    std::size_t limit) const;

    /// The first one of a station behind that place that says anything else than `title`.
    std::optional<Title> OtherTitleAfter(std::string_view station, TitlePlace place,
                                         std::string_view title) const;

    /// Those of all stations with an id below `before`, the last one first. Ids ascend with time,
    /// but for minutes while several takes tell of the same time.
    std::vector<Title> TitlesBefore(std::int64_t before, std::size_t limit) const;

    /// Of those, the ones that `match` finds: see TitleMatch.
    std::vector<Title> SearchTitles(std::string_view match, std::int64_t before,
                                    std::size_t limit) const;

    /// Takes of all stations that ended at or after `since`.
    std::vector<Take> TakesEndedSince(time::SysTime since) const;
    std::optional<SegmentMarks> Marks(std::int64_t segment) const;

    /// Marks of the take's end, about a minute, since the sample rate last changed, by position in
    /// the take; empty if none are kept.
    audio::MarkRun TailOfTake(std::string_view take) const;

    /// Those by which a take goes on from older ones.
    std::vector<Splice> SplicesInto(std::string_view newer) const;

    std::vector<Failure> FailuresBetween(std::string_view station, time::SysTime from,
                                         time::SysTime to) const;

    // Loudness

    /// All of them in one transaction; what was known of the same tenths of a second is replaced.
    /// Segments that have been removed meanwhile are passed over.
    void SetLevels(std::span<const SegmentLevels> levels);

    /// Whether nothing more is to be learnt of the segment's loudness, or of the segment.
    bool Heard(std::int64_t segment) const;

    /// Closed segments whose loudness is not known yet, the latest first.
    std::vector<Segment> Unheard(std::size_t limit) const;

    /// Up to `count` levels from number `first` on: fewer where there are no more of them.
    std::vector<audio::Level> Levels(std::int64_t segment, std::size_t first,
                                     std::size_t count) const;

    /// How many tenths of a second are told of.
    std::size_t LevelCount(std::int64_t segment) const;

    /// One for each ten seconds from the segment's start, as far as they are told of.
    std::vector<LevelOutline> Outline(std::int64_t segment) const;

    // Rebuilding

    /// Reads all of the file and throws SqliteError, as for a damaged one, if it is not in order.
    void Check() const;

    /// As AddTake, but what is known of it already gives way.
    void RestoreTake(const Take& take);

    /// A finished segment that nobody has told of, and its take if that is not known; all in one
    /// transaction. Nothing, and false, if its path is known.
    bool AddFound(const Take& take, const Segment& segment, std::span<const IndexEntry> index,
                  const SegmentMarks& marks);

    /// Adds the entries that are missing in a segment's index. Does nothing if the segment is gone.
    void CompleteIndex(std::int64_t segment, std::span<const IndexEntry> index);

    /// Makes the index of the titles' words anew from the titles.
    void RebuildTitleSearch();

    // Retention

    static constexpr std::size_t kNoLimit = std::numeric_limits<std::int64_t>::max();

    /// Closed segments that ended before `cutoff`, oldest first.
    std::vector<Segment> ClosedBefore(std::string_view station, time::SysTime cutoff,
                                      std::size_t limit = kNoLimit) const;

    /// Closed segments of all stations or one, oldest first.
    std::vector<Segment> OldestClosed(std::string_view station, std::size_t limit) const;

    /// Closed segments that ended before `cutoff` and are not known to be in the cloud, oldest
    /// first.
    std::vector<Segment> UnsavedBefore(std::string_view station, time::SysTime cutoff,
                                       std::size_t limit = kNoLimit) const;

    /// Closed segments of all stations or one that are in the cloud as well, oldest first: the file
    /// here may go without a loss.
    std::vector<Segment> OldestSaved(std::string_view station, std::size_t limit) const;

    /// Those in the cloud, here as well or not, that ended before `cutoff`, oldest first.
    std::vector<Segment> SavedBefore(std::string_view station, time::SysTime cutoff,
                                     std::size_t limit = kNoLimit) const;

    /// Bytes of what UnsavedBefore answers.
    std::uint64_t UnsavedBytesBefore(std::string_view station, time::SysTime cutoff) const;

    /// Bytes on this disk by station, for every station that ever had a segment.
    std::map<std::string, std::uint64_t> DiskUsage() const;

    /// Forgets the segment and its index, and with the last one of a take that has ended the take
    /// and its titles.
    void RemoveSegment(std::int64_t id);

    /// The same for one whose sound is removed, which is told of from now on.
    void RemoveSegment(const Segment& segment, RemovalCause cause);

    /// What was removed of a station of [from, to), by time. Age is one removal, since ever.
    std::vector<Removal> RemovalsBetween(std::string_view station, time::SysTime from,
                                         time::SysTime to) const;
    void ForgetRemovals(std::string_view station, time::SysTime before);

    // The cloud

    /// The segment is in the cloud, whole and verified, under that key; with "" it is not, after
    /// all. False if the segment is gone; a constraint error if another one has that key.
    bool SetObject(std::int64_t segment, std::string_view key);

    /// The file on this disk is about to go. False, and nothing, unless it is closed and in the
    /// cloud.
    bool SetUploaded(std::int64_t segment);

    std::optional<Segment> FindObject(std::string_view key) const;

    // Small facts that outlive a process, as in `/stats`

    void SetValue(std::string_view key, std::string_view value);
    void RemoveValue(std::string_view key);
    std::optional<std::string> Value(std::string_view key) const;
    std::vector<std::pair<std::string, std::string>> Values() const;

private:
    void Finish(const SegmentProgress& progress, std::string_view final_path);
    void Forget(std::int64_t id);
    void SetMinute(std::int64_t segment, std::size_t minute, std::size_t at,
                   std::span<const audio::Level> levels);

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace aircheck::catalog

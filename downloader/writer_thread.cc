// SPDX-License-Identifier: MIT
#include "downloader/writer_thread.h"

#include <algorithm>
#include <chrono>
#include <variant>

#include "common/log/log.h"
#include "common/util/error.h"
#include "downloader/cause.h"

namespace aircheck::downloader {
namespace {

constexpr std::chrono::seconds kLookForSync{1};

/// The catalog is told how far open segments reach with each round, as long as they are few; of
/// more, less often, and of all in one transaction.
constexpr std::size_t kFilesASecond = 200;
constexpr std::chrono::seconds kLongestUntold{5};

/// In each round.
constexpr std::chrono::milliseconds kFinishWithin{20};

/// A segment that is over, and that the disk does not take for so long, stays without its end.
constexpr std::chrono::minutes kGiveUpAfter{10};

}  // namespace

void ArchiveWriter::Thread::Run() {
    std::unique_lock lock(shared_->mutex);
    while (true) {
        shared_->wake.wait(lock, [this] {
            return shared_->quit || !shared_->rounds.empty() || !shared_->drains.empty();
        });
        if (!shared_->rounds.empty()) {
            auto round = std::move(shared_->rounds.front());
            lock.unlock();
            Write(round);
            lock.lock();
            shared_->rounds.pop_front();
            shared_->unfinished = !files_.empty() || !rests_.empty() || !catalog_.empty();
            OnLoop([](Events& events) { events.on_round(); });
        } else if (!shared_->drains.empty()) {
            auto done = std::move(shared_->drains.front());
            shared_->drains.pop_front();
            WriteRests(true);
            catalog_.FlushAll();
            OnLoop([done = std::move(done)](Events&) { done(); });
        } else {
            return;
        }
    }
}

void ArchiveWriter::Thread::Write(std::vector<WriteOp>& round) {
    for (WriteOp& op : round) {
        try {
            std::visit([this](auto& what) { Do(what); }, op);
        } catch (const std::exception& error) {
            log::error("writer: {}", util::DescribeException(error));
        }
    }
    WriteRests(false);
    TellProgress();
    SyncFiles();
    catalog_.Flush();
}

void ArchiveWriter::Thread::TellProgress() {
    const auto now = clock_.Steady();
    if (now < next_telling_) return;
    next_telling_ =
        now + std::min(std::chrono::seconds(files_.size() / kFilesASecond), kLongestUntold);
    for (auto& [handle, open] : files_) {
        if (open.untold) catalog_.Push(open.Tell(false));
    }
}

/// Those that will be due before long go along with the first that is.
void ArchiveWriter::Thread::SyncFiles() {
    const auto now = clock_.Steady();
    if (now < next_sync_) return;
    next_sync_ = now + kLookForSync;
    if (syncer_.busy()) return;
    HearOfSync(syncer_.TakeFailed());
    const auto is_due = [now](const auto& entry) {
        return now - entry.second.synced >= entry.second.sync_interval;
    };
    if (std::ranges::none_of(files_, is_due)) return;
    std::vector<std::filesystem::path> due;
    std::vector<OpenFile*> asked;
    for (auto& [handle, open] : files_) {
        if (now - open.synced < open.sync_interval / 2 || !open.file.created()) continue;
        due.push_back(layout_.Resolve(open.file.Path()));
        asked.push_back(&open);
    }
    for (OpenFile* open : asked) {
        open->synced = now;
        open->file.OnSyncAsked();
    }
    syncer_.Sync(std::move(due));
}

void ArchiveWriter::Thread::HearOfSync(const std::set<std::filesystem::path>& failed) {
    std::vector<SegmentHandle> damaged;
    for (auto& [handle, open] : files_) {
        open.file.OnSynced(failed.empty() || !failed.contains(layout_.Resolve(open.file.Path())));
        if (open.file.damaged_at()) damaged.push_back(handle);
    }
    for (const SegmentHandle handle : damaged) Lose(handle, files_.at(handle));
}

void ArchiveWriter::Thread::Do(OpenSegment& op) {
    const storage::SegmentName name{op.segment.station,
                                    std::chrono::floor<std::chrono::seconds>(op.segment.start),
                                    op.segment.take, op.segment.format.codec, true};
    files_.emplace(op.handle, OpenFile{.file = SegmentFile(layout_, name, file_system_),
                                       .segment = std::move(op.segment),
                                       .sync_interval = op.sync_interval,
                                       .synced = clock_.Steady()});
}

void ArchiveWriter::Thread::Do(AppendFrames& op) {
    const auto found = files_.find(op.handle);
    if (found == files_.end()) return;  // lost before
    OpenFile& open = found->second;
    const int error_before = open.file.error();
    const bool all_written = open.file.Append(op.data);
    if (open.file.error() != 0 && error_before == 0)
        log::error("{}: cannot write {}: {}; held in memory and tried again", open.segment.station,
                   open.file.Path(), util::ErrnoText(open.file.error()));
    open.Hold(op.progress);
    open.dated = open.dated || op.dated;
    if (all_written) {
        if (error_before != 0)
            log::info("{}: writing {} again", open.segment.station, open.file.Path());
        CatchUp(open);
    } else if (open.file.Overflowing()) {
        Lose(op.handle, open);
    }
}

/// Everything given is in the file: the catalog may know of it, if it has a date.
void ArchiveWriter::Thread::CatchUp(OpenFile& open) {
    if (!open.dated) return;
    Announce(open);
    open.Write(std::exchange(open.held, {}));
    if (!open.marks.head.marks.empty() || !open.marks.tail.marks.empty())
        catalog_.Push(CatalogQueue::Marks{open.id, std::exchange(open.marks, {})});
}

void ArchiveWriter::Thread::Do(KeepMarks& op) {
    const auto found = files_.find(op.handle);
    if (found == files_.end()) return;
    OpenFile& open = found->second;
    if (!op.marks.head.marks.empty()) open.marks.head = std::move(op.marks.head);
    if (!op.marks.tail.marks.empty()) open.marks.tail = std::move(op.marks.tail);
    if (open.announced && !open.Behind())
        catalog_.Push(CatalogQueue::Marks{open.id, std::exchange(open.marks, {})});
}

void ArchiveWriter::Thread::Do(CloseSegment& op) {
    const auto found = files_.find(op.handle);
    if (found == files_.end()) return;
    OpenFile& open = found->second;
    open.dated = true;
    if (open.Behind()) {
        open.Hold(op.progress);
    } else {
        open.Write(op.progress);
        // The take's end may follow, and the catalog shall know how far it went by then.
        if (open.announced) catalog_.Push(open.Tell(true));
    }
    rests_.push_back({std::move(open), clock_.Steady()});
    files_.erase(found);
}

/// Each has to wait for the disk. Where many end at once they take turns, so that the sound does
/// not wait for all of them.
void ArchiveWriter::Thread::WriteRests(bool give_up) {
    const auto now = clock_.Steady();
    if (give_up && rests_.size() > Syncer::kMaxSingly)
        file_system_.SyncFileSystem(rests_.front().open.file.fd());
    std::erase_if(rests_, [&](Rest& rest) {
        if (!give_up && clock_.Steady() - now > kFinishWithin) return false;
        OpenFile& open = rest.open;
        const bool late = give_up || now - rest.since > kGiveUpAfter;
        if (open.file.Append({})) {
            if (open.Behind()) CatchUp(open);
        } else if (late) {
            log::error("{}: the end of {} could not be written and is lost", open.segment.station,
                       open.file.Path());
            catalog_.Push(CatalogQueue::StationFailure{open.segment.station,
                                                       {open.written.end, cause::kDisk}});
        } else {
            return false;
        }
        if (Finish(open)) return true;
        if (!late) return false;
        --shared_->open_files;
        log::error("{}: {} is left for the next start to repair", open.segment.station,
                   open.file.Path());
        return true;
    });
}

void ArchiveWriter::Thread::Announce(OpenFile& open) {
    if (open.announced) return;
    open.announced = true;
    open.segment.start = open.segment.end = open.held.start;
    open.file.Date(open.segment.start);
    open.segment.path = open.file.Path();
    catalog_.Push(CatalogQueue::NewSegment{open.id, open.segment});
    ++shared_->open_files;
    Tell(open, "opened", open.segment.path);
}

/// False if the disk does not let us: to be tried again, or left for the next start to repair.
bool ArchiveWriter::Thread::Finish(OpenFile& open) {
    if (!open.announced) return true;
    try {
        CutDamage(open);
        open.file.Finish(open.written.bytes, open.written.start, open.written.end);
    } catch (const std::exception& error) {
        if (!std::exchange(open.complained, true))
            log::error("{}: {}; tried again", open.segment.station, util::DescribeException(error));
        return false;
    }
    --shared_->open_files;
    catalog_.Push(CatalogQueue::Closed{open.id, open.written, open.file.Path()});
    Tell(open, "closed", open.file.Path());
    return true;
}

void ArchiveWriter::Thread::CutDamage(OpenFile& open) {
    const std::uint64_t bytes = open.CutDamage();
    if (bytes == 0) return;
    log::error("{}: the disk has lost the end of {}: {} bytes", open.segment.station,
               open.file.Path(), bytes);
    catalog_.Push(
        CatalogQueue::StationFailure{open.segment.station, {open.written.end, cause::kDisk}});
}

void ArchiveWriter::Thread::Lose(SegmentHandle handle, OpenFile& open) {
    log::error("{}: the disk does not take what is recorded; sound is being lost",
               open.segment.station);
    if (!open.file.damaged_at())
        catalog_.Push(
            CatalogQueue::StationFailure{open.segment.station, {open.written.end, cause::kDisk}});
    open.file.DropBacklog();
    open.held = {};
    if (!Finish(open)) rests_.push_back({std::move(open), clock_.Steady()});
    files_.erase(handle);
    OnLoop([handle](Events& events) { events.on_lost(handle); });
}

void ArchiveWriter::Thread::Tell(const OpenFile& open, const char* event, const std::string& path) {
    const auto& last = open.written.bytes ? open.written : open.held;
    proto::SegmentEvent message{.station = open.segment.station,
                                .take = open.segment.take,
                                .event = event,
                                .file = path,
                                .start = time::ToUnixSeconds(last.start),
                                .end = time::ToUnixSeconds(last.end),
                                .bytes = last.bytes};
    OnLoop([message = std::move(message)](Events& events) mutable {
        events.on_segment(std::move(message));
    });
}

}  // namespace aircheck::downloader

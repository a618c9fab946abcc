// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "common/catalog/rows.h"
#include "common/storage/file_system.h"
#include "common/storage/paths.h"
#include "proto/messages.h"

namespace aircheck::downloader {

/// One open segment, as the loop and the writer speak of it. Never used twice in a process.
using SegmentHandle = std::uint64_t;

struct BeginTake {
    catalog::Take take;
};
struct EndTake {
    std::string take;
    time::SysTime ended;
    std::string cause;
};
struct OpenSegment {
    SegmentHandle handle = 0;
    catalog::Segment segment;  // path and id are the writer's to give
    time::Micros sync_interval{};
};
struct AppendFrames {
    SegmentHandle handle = 0;
    std::vector<std::byte> data;  // whole frames
    catalog::SegmentProgress progress;
    bool dated = true;  // else nothing but the file shall have it yet
};
struct CloseSegment {
    SegmentHandle handle = 0;
    catalog::SegmentProgress progress;
};
struct KeepMarks {
    SegmentHandle handle = 0;
    catalog::SegmentMarks marks;  // an empty run leaves what is kept
};
struct AddTitle {
    catalog::Title title;
};
struct AddSplice {
    catalog::Splice splice;
};
struct AddFailure {
    std::string station;
    catalog::Failure failure;
};
struct SetValue {
    std::string key;
    std::string value;
};

/// Something to be written, in the order given.
using WriteOp = std::variant<BeginTake, OpenSegment, AppendFrames, KeepMarks, CloseSegment, EndTake,
                             AddTitle, AddSplice, AddFailure, SetValue>;

/// Writes sound to files and tells the catalog, on a thread of its own, because both may block.
/// Frames reach the file before the catalog knows of them, so that readers who trust the catalog
/// always find whole frames. What the catalog cannot take (it is locked or broken) is kept and
/// tried again with each round; the sound itself does not wait for it.
/// Public members belong to the loop's thread; so do the callbacks.
class ArchiveWriter {
public:
    struct Events {
        std::function<void(proto::SegmentEvent)> on_segment;
        /// Frames of that segment could not be written and are lost; it is closed.
        std::function<void(SegmentHandle)> on_lost;
        /// A round is done; there is room for the next.
        std::function<void()> on_round;
    };

    ArchiveWriter(boost::asio::io_context& loop, storage::Layout layout, const time::Clock& clock,
                  Events events, const storage::FileSystem& files = storage::SystemFiles());
    ArchiveWriter(const ArchiveWriter&) = delete;
    ArchiveWriter& operator=(const ArchiveWriter&) = delete;
    ~ArchiveWriter();  // writes what was submitted, then joins

    /// False while earlier rounds wait for the disk: keep the ops and come again.
    bool HasRoom() const;

    /// Takes the ops even without room: for the last ones before the end.
    void Submit(std::vector<WriteOp> round);

    /// Calls `done` on the loop once everything submitted has been written.
    void Drain(std::function<void()> done);

    int open_files() const;

    /// Whether everything submitted has been written and nothing is open or waits for the disk or
    /// the catalog: then rounds without ops change nothing.
    bool settled() const;

private:
    struct Shared;
    class Thread;
    std::shared_ptr<Shared> shared_;
    std::unique_ptr<Thread> thread_;
};

}  // namespace aircheck::downloader

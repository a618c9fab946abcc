// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/catalog/catalog.h"
#include "downloader/archive_writer.h"
#include "tests/unit/support/faulty_files.h"
#include "tests/unit/support/mpeg_frames.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::downloader {

using namespace std::chrono_literals;
using test::Bytes;
using test::MpegFrames;

inline const time::SysTime kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h};

/// A writer to a folder of its own, on a disk that can be made to fail.
class ArchiveWriterTest : public testing::Test {
protected:
    ArchiveWriterTest() {
        layout_.Create();
        layout_.CreateStation("kpcc");
        writer_ = std::make_unique<ArchiveWriter>(
            loop_, layout_, clock_,
            ArchiveWriter::Events{
                .on_segment = [this](proto::SegmentEvent event) { events_.push_back(event); },
                .on_lost = [this](SegmentHandle handle) { lost_.push_back(handle); },
                .on_round = [] {},
            },
            files_);
    }

    /// Waits until all of it has been written.
    void Write(std::vector<WriteOp> round) {
        writer_->Submit(std::move(round));
        bool done = false;
        writer_->Drain([&] { done = true; });
        while (!done) loop_.run_one();
    }

    static OpenSegment Open(SegmentHandle handle = 1) {
        return {.handle = handle,
                .segment = {.station = "kpcc",
                            .take = "0123abcd4567",
                            .start = kNoon,
                            .end = kNoon,
                            .format = {.sample_rate = 44100, .channels = 2}},
                .sync_interval = 10s};
    }

    static catalog::SegmentProgress Progress(std::uint64_t frames) {
        return {.start = kNoon,
                .end = kNoon + std::chrono::microseconds(frames * 26122),
                .bytes = frames * 417,
                .frames = frames,
                .samples = frames * 1152,
                .index = {{(frames - 10) * 1152, (frames - 10) * 417}}};
    }

    catalog::Catalog Reader() const {
        return {layout_.Catalog(), catalog::Catalog::Mode::kReadOnly};
    }

    std::uintmax_t Size(const std::string& path) const {
        return std::filesystem::file_size(layout_.Resolve(path));
    }

    const BeginTake begin_{
        {.id = "0123abcd4567", .station = "kpcc", .url = "u", .connected = kNoon}};
    test::FaultyFiles files_;
    test::TempFolder folder_;
    storage::Layout layout_{folder_.path()};
    time::ManualClock clock_{kNoon};
    boost::asio::io_context loop_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        loop_.get_executor()};
    std::vector<proto::SegmentEvent> events_;
    std::vector<SegmentHandle> lost_;
    std::unique_ptr<ArchiveWriter> writer_;
};

}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#include "downloader/archive_writer.h"

#include <utility>

#include "downloader/writer_thread.h"

namespace aircheck::downloader {
namespace {

constexpr std::size_t kMaxRounds = 2;

}  // namespace

ArchiveWriter::ArchiveWriter(boost::asio::io_context& loop, storage::Layout layout,
                             const time::Clock& clock, Events events,
                             const storage::FileSystem& files)
    : shared_(std::make_shared<Shared>(loop, std::move(events))),
      thread_(std::make_unique<Thread>(shared_, std::move(layout), clock, files)) {}

ArchiveWriter::~ArchiveWriter() {
    shared_->alive = false;
}

bool ArchiveWriter::HasRoom() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->rounds.size() < kMaxRounds;
}

void ArchiveWriter::Submit(std::vector<WriteOp> round) {
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->rounds.push_back(std::move(round));
    }
    shared_->wake.notify_one();
}

void ArchiveWriter::Drain(std::function<void()> done) {
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->drains.push_back(std::move(done));
    }
    shared_->wake.notify_one();
}

int ArchiveWriter::open_files() const {
    return shared_->open_files;
}

bool ArchiveWriter::settled() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->rounds.empty() && !shared_->unfinished;
}

}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/storage/file_system.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "downloader/archive_writer.h"
#include "downloader/catalog_queue.h"
#include "downloader/open_file.h"
#include "downloader/syncer.h"

namespace aircheck::downloader {

/// What the loop and the writer's thread share.
struct ArchiveWriter::Shared {
    Shared(boost::asio::io_context& io, Events callbacks)
        : loop(io), events(std::move(callbacks)) {}

    boost::asio::io_context& loop;
    Events events;      // called on the loop only
    bool alive = true;  // the loop's
    std::atomic<int> open_files{0};

    std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::vector<WriteOp>> rounds;
    std::deque<std::function<void()>> drains;
    bool unfinished = false;  // something is open or waits
    bool quit = false;
};

/// The thread, and all that only it knows.
class ArchiveWriter::Thread {
public:
    Thread(std::shared_ptr<Shared> shared, storage::Layout layout, const time::Clock& clock,
           const storage::FileSystem& files)
        : shared_(std::move(shared)),
          layout_(std::move(layout)),
          clock_(clock),
          file_system_(files),
          catalog_(layout_, clock),
          syncer_(files),
          thread_([this] { Run(); }) {}

    ~Thread() {
        {
            const std::lock_guard lock(shared_->mutex);
            shared_->quit = true;
        }
        shared_->wake.notify_one();
        thread_.join();
    }

private:
    /// A segment that is over, but not finished yet.
    struct Rest {
        OpenFile open;
        time::SteadyTime since;
    };

    void Run();
    void Write(std::vector<WriteOp>& round);

    void Do(BeginTake& op) { catalog_.Push(std::move(op.take)); }
    void Do(EndTake& op) {
        catalog_.Push(CatalogQueue::TakeEnd{op.take, op.ended, std::move(op.cause)});
    }
    void Do(KeepMarks& op);
    void Do(AddSplice& op) { catalog_.Push(std::move(op.splice)); }
    void Do(AddFailure& op) {
        catalog_.Push(CatalogQueue::StationFailure{std::move(op.station), std::move(op.failure)});
    }
    void Do(AddTitle& op) { catalog_.Push(std::move(op.title)); }
    void Do(SetValue& op) {
        catalog_.Push(CatalogQueue::Value{std::move(op.key), std::move(op.value)});
    }
    void Do(OpenSegment& op);
    void Do(AppendFrames& op);
    void Do(CloseSegment& op);

    void TellProgress();
    void SyncFiles();
    void HearOfSync(const std::set<std::filesystem::path>& failed);
    void Announce(OpenFile& open);
    void CatchUp(OpenFile& open);
    void WriteRests(bool give_up);
    bool Finish(OpenFile& open);
    void CutDamage(OpenFile& open);
    void Lose(SegmentHandle handle, OpenFile& open);
    void Tell(const OpenFile& open, const char* event, const std::string& path);

    /// Runs `call` on the loop, unless the writer's owner is gone by then.
    template <typename Call>
    void OnLoop(Call call) {
        boost::asio::post(shared_->loop, [shared = shared_, call = std::move(call)]() mutable {
            if (shared->alive) call(shared->events);
        });
    }

    std::shared_ptr<Shared> shared_;
    storage::Layout layout_;
    const time::Clock& clock_;
    const storage::FileSystem& file_system_;
    CatalogQueue catalog_;
    std::map<SegmentHandle, OpenFile> files_;
    std::list<Rest> rests_;
    Syncer syncer_;
    time::SteadyTime next_sync_;
    time::SteadyTime next_telling_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace aircheck::downloader

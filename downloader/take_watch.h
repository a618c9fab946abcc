// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "common/archive/splicer.h"
#include "common/catalog/catalog.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "common/worker/black_box.h"

namespace aircheck::downloader {

/// Looks after what other processes recorded of our stations: finishes what dead ones left, makes a
/// catalog that has been lost know it all again, and tells of each take that has ended lately, so
/// that it is found where it goes on. On a thread of its own, because all of it blocks on the disk.
class TakeWatch {
public:
    /// Called on the loop, for takes of `stations` only.
    using OnEnded = std::function<void(const std::string& station, archive::KnownTake take)>;

    /// `others`: stations whose recordings are looked after, too, but whose takes are nobody's.
    TakeWatch(boost::asio::io_context& loop, storage::Layout layout, std::set<std::string> stations,
              std::set<std::string> others, const time::Clock& clock, worker::BlackBox& black_box,
              OnEnded on_ended);
    /// Other stations from now on.
    void Follow(std::set<std::string> stations, std::set<std::string> others);

    /// Whether somebody waits for another process's take to end.
    void Hurry(bool on);

    TakeWatch(const TakeWatch&) = delete;
    TakeWatch& operator=(const TakeWatch&) = delete;
    ~TakeWatch();

private:
    struct Shared;

    /// Both sets of stations.
    struct Charge {
        std::set<std::string> stations;
        std::set<std::string> others;
        std::set<std::string> All() const;
    };

    void Run();
    void Probe(catalog::Catalog& catalog);
    std::set<std::string> HearNews();
    void TakeOn(catalog::Catalog& catalog, bool all);
    std::chrono::milliseconds Complain(const std::exception& error);
    bool Mend(catalog::Catalog& catalog);
    bool MendStation(catalog::Catalog& catalog, const std::string& station);
    bool Repair(catalog::Catalog& catalog, const std::string& station);
    std::map<std::string, std::string> Abandoned(catalog::Catalog& catalog) const;
    void TidyUp(catalog::Catalog& catalog);
    void Look(catalog::Catalog& catalog);
    worker::Breadcrumb Crumb(const std::string& station) const;
    bool Quit(std::chrono::milliseconds wait);

    std::shared_ptr<Shared> shared_;
    const storage::Layout layout_;
    Charge charge_;  // the thread's own
    std::set<std::string> to_mend_;
    std::set<std::string> waiting_;  // stations with files that a recorder still holds
    std::chrono::milliseconds look_every_{};
    time::SteadyTime next_probe_;
    std::set<std::string> abandoned_;  // files, as of the last probe
    const time::Clock& clock_;
    worker::BlackBox& black_box_;
    std::set<std::string> told_;  // takes
    std::string complaint_;       // the last one
    std::mutex mutex_;
    std::condition_variable wake_;
    std::optional<Charge> fresh_charge_;  // with the mutex, as all that follows
    bool hurry_ = false;
    bool news_ = false;
    bool quit_ = false;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/archive/splicer.h"
#include "common/config/config.h"
#include "common/curl/multi.h"
#include "common/time/clock.h"
#include "common/worker/black_box.h"
#include "downloader/archive_writer.h"
#include "downloader/backoff.h"
#include "downloader/intake.h"
#include "downloader/url_plan.h"
#include "proto/messages.h"

namespace aircheck::downloader {

/// Records one station for as long as it lives: connects, follows playlists and fallbacks, and
/// comes back when a connection ends. Mostly there is one intake. A second one joins it when the
/// first is old (a cascade) or has stalled, and the first is let go when it is known where the
/// second goes on, or will never be. Lives on the loop's thread.
class Station final : private IntakeOwner {
public:
    /// What all stations of a process share.
    struct Context {
        boost::asio::io_context& loop;
        curl::Multi& multi;
        const time::Clock& clock;
        std::function<SegmentHandle()> new_handle;
        std::function<void(proto::Message)> publish;
        std::function<void(const Station&)> collect_soon;  // do not wait for the next turn
        worker::BlackBox& black_box;
    };

    Station(const config::StationConfig& station, const Context& context);
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    /// Begins to record after `delay`, which spreads the connects of many stations.
    void Start(std::chrono::milliseconds delay);

    /// Ends all takes; nothing is recorded any more.
    void Stop();

    /// Another one records this station now, and speaks for it: goes on for `restart_overlap` with
    /// what there is, so that the sound of both meets, and ends.
    void Retire();
    bool leaving() const { return stopped_ || retires_at_; }

    /// It has left, and all has been collected: nothing more will come of it.
    bool over() const { return stopped_ && ops_.empty() && splices_.empty(); }

    /// Goes on with these settings. False if that takes another connection; then nothing changes.
    bool Adopt(const config::StationConfig& fresh);

    /// Whether it was never let in so far, and another process's connection may be why: that one
    /// should be heard of soon.
    bool refused() const;

    /// About once a second: notices stalls and old takes, and finds where takes go on.
    void Tick();

    /// What is to be written since the last call.
    void Collect(std::vector<WriteOp>& round);

    /// Frames of this segment were lost: ends its take if it is one of ours.
    void OnLost(SegmentHandle handle);

    /// The writer has opened or closed a file.
    void OnSegment(const proto::SegmentEvent& event);

    /// A take of this station that another process recorded has ended.
    void OnForeignTake(archive::KnownTake take);

    proto::StationBeat Beat() const;
    const std::string& callsign() const { return station_.callsign; }
    bool recording() const { return state_ == State::kRecording; }
    std::uint64_t bytes_total() const;

private:
    worker::Breadcrumb Crumb() const;

    enum class State { kConnecting, kRecording, kWaiting };

    void OnSound(Intake& intake) override;
    void OnTitle(Intake& intake, const IcyTitle& title) override;
    void OnEnd(Intake& intake, ConnectionHandler::End end) override;

    void Connect();
    void ConnectAgain();
    void ConnectAtOnce();
    void End(const std::string& cause);
    void Wait(std::chrono::milliseconds delay);
    void CollectIn(time::Micros wait);
    void AwaitBursts();
    void GiveUpTrying(const std::string& cause);
    void PutOffCascade();
    void LetGo(std::size_t index, const std::string& cause);
    void Watch();
    void ReleaseOld();
    bool IsReleasable(const Intake& older, const Intake& newer) const;
    std::optional<time::Micros> UntilCascade() const;
    void StartCascade();
    void Splice();
    void TellOfSplice(const catalog::Splice& splice, const archive::KnownTake& newer);
    void Enter(State state, const std::string& cause);

    config::StationConfig station_;
    Context context_;
    const time::SteadyTime began_;
    boost::asio::steady_timer timer_;
    bool waiting_ = false;  // for the timer
    boost::asio::steady_timer burst_timer_;
    Backoff backoff_;
    UrlPlan plan_;
    std::unique_ptr<Intake> trying_;                // nothing heard of it yet
    std::vector<std::unique_ptr<Intake>> intakes_;  // with sound; the oldest first
    archive::Splicer splicer_;
    std::vector<WriteOp> ops_;  // of takes that are over, and of the station
    std::vector<catalog::Splice> splices_;
    State state_ = State::kWaiting;
    std::string cause_;
    std::map<std::string, std::string> failures_;  // written down since there was sound, by URL
    bool writer_stuck_ = false;  // it has not collected what ended because of that
    std::string file_;
    std::string last_title_;
    std::chrono::seconds retry_after_{};
    bool told_to_wait_ = false;       // it waits for as long as the server asked for
    time::SteadyTime cascade_from_;   // no cascade before
    std::uint64_t bytes_ended_ = 0;   // of takes that are over
    std::uint64_t frames_ended_ = 0;  // likewise
    std::uint64_t connects_ = 0;
    std::uint64_t breaks_ = 0;
    std::optional<time::SteadyTime> last_byte_;  // of takes that are over
    std::optional<time::SteadyTime> retires_at_;
    bool stopped_ = false;
};

}  // namespace aircheck::downloader

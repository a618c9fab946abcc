// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/curl/multi.h"
#include "common/time/clock.h"
#include "downloader/archive_writer.h"
#include "downloader/backoff.h"
#include "downloader/connection.h"
#include "downloader/take_recorder.h"
#include "downloader/url_plan.h"
#include "proto/messages.h"

namespace aircheck::downloader {

/// Records one station for as long as it lives: connects, follows playlists and fallbacks, and
/// comes back when the connection ends. Lives on the loop's thread.
class Station final : private ConnectionHandler {
public:
    /// What all stations of a process share.
    struct Context {
        boost::asio::io_context& loop;
        curl::Multi& multi;
        const time::Clock& clock;
        std::function<SegmentHandle()> new_handle;
        std::function<void(proto::Message)> publish;
        /// The first frames of a take are there: do not wait for the next tick to write them.
        std::function<void()> request_flush;
    };

    Station(const config::StationConfig& station, const Context& context);
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    /// Begins to record after `delay`, which spreads the connects of many stations.
    void Start(std::chrono::milliseconds delay);

    /// Ends the take; nothing is recorded any more.
    void Stop();

    /// Once a second: notices stalls.
    void Tick();

    /// What is to be written since the last call.
    void Collect(std::vector<WriteOp>& round);

    /// Frames of this segment were lost: begins a new take if it is one of ours.
    void OnLost(SegmentHandle handle);

    /// The writer has opened or closed a file.
    void OnSegment(const proto::SegmentEvent& event);

    proto::StationBeat Beat() const;
    const std::string& callsign() const { return station_.callsign; }
    bool recording() const { return state_ == State::kRecording; }
    std::uint64_t bytes_total() const { return bytes_total_ + (take_ ? take_->bytes() : 0); }

private:
    enum class State { kConnecting, kRecording, kWaiting };

    void OnAudio(std::span<const std::byte> data) override;
    void OnTitle(const IcyTitle& title) override;
    void OnEnd(End end) override;

    void TryNext();
    void Wait(std::chrono::milliseconds delay);
    void Break(const std::string& cause);
    void EndTake(const std::string& cause);
    void Enter(State state, const std::string& cause);
    std::optional<std::string> Fault() const;

    const config::StationConfig station_;
    Context context_;
    boost::asio::steady_timer timer_;
    Backoff backoff_;
    UrlPlan plan_;
    std::optional<UrlPlan::Candidate> candidate_;
    std::unique_ptr<Connection> connection_;
    std::unique_ptr<TakeRecorder> take_;
    std::vector<WriteOp> ended_;  // of takes that are over
    State state_ = State::kWaiting;
    std::string cause_;
    std::string file_;
    std::string last_title_;
    std::chrono::seconds retry_after_{};
    std::uint64_t bytes_total_ = 0;  // of takes that are over
    std::optional<time::SysTime> last_recorded_;
    std::optional<time::SteadyTime> last_byte_;
    bool stopped_ = false;
};

}  // namespace aircheck::downloader

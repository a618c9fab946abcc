// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/config/config.h"
#include "common/time/clock.h"
#include "downloader/archive_writer.h"
#include "downloader/connection.h"
#include "downloader/take_recorder.h"
#include "downloader/url_plan.h"

namespace aircheck::downloader {

class Intake;

/// What an intake tells its station. `OnSound` and `OnTitle` come from inside libcurl: the intake
/// must not be destroyed there. `OnEnd` comes once and may.
class IntakeOwner {
public:
    /// The first frames are there.
    virtual void OnSound(Intake& intake) = 0;
    virtual void OnTitle(Intake& intake, const IcyTitle& title) = 0;
    virtual void OnEnd(Intake& intake, ConnectionHandler::End end) = 0;

protected:
    ~IntakeOwner() = default;
};

/// One connection to a station together with the take that it delivers. Lives on the loop's
/// thread.
class Intake final : private ConnectionHandler {
public:
    struct Context {
        Connection::Context connection;
        std::function<SegmentHandle()> new_handle;
    };

    /// Throws std::runtime_error for a URL that libcurl refuses.
    Intake(const config::StationConfig& station, UrlPlan::Candidate candidate,
           const Context& context, IntakeOwner& owner);
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;

    const UrlPlan::Candidate& candidate() const { return candidate_; }
    std::string EffectiveUrl() const { return connection_.EffectiveUrl(); }

    /// Whether it holds any frames.
    bool HasSound() const { return take_ && take_->frames() > 0; }
    TakeRecorder& take() { return *take_; }
    const TakeRecorder& take() const { return *take_; }

    /// Takes in what the kernel has gathered, and looks whether all is well. To be called about
    /// once a second.
    void Tick();

    /// Why it should be given up or replaced, as of the last tick; nullopt while it is well.
    const std::optional<std::string>& fault() const { return fault_; }

    /// Whether the server's burst is there, or was not one. By a part of it a take cannot be dated,
    /// and those dates would stand if its recorder died: only the file has its sound before.
    bool BurstIsIn() const { return burst_is_in_; }

    /// How long to wait before this is to be asked again, which alone finds out that the burst is
    /// in; zero if it need not be. There must be sound.
    time::Micros AwaitBurst();

    /// What is to be written since the last call.
    void Collect(std::vector<WriteOp>& round);

    /// Ends the connection and the take, and collects what is left.
    void End(const std::string& cause, std::vector<WriteOp>& round);

    /// Since it was begun.
    time::Micros Age() const;

    /// Since the last byte, or since the start where there was none.
    time::Micros Idle() const { return connection_.Idle(); }

    std::uint64_t bytes() const { return take_ ? take_->bytes() : 0; }
    std::optional<time::SteadyTime> last_byte() const { return last_byte_; }

private:
    void OnAudio(std::span<const std::byte> data) override;
    void OnTitle(const IcyTitle& title) override;
    void OnEnd(ConnectionHandler::End end) override;

    std::optional<std::string> FindFault() const;
    void MeasurePace();

    const config::StationConfig& station_;
    const UrlPlan::Candidate candidate_;
    const Context context_;
    const time::Clock& clock_;
    IntakeOwner& owner_;
    std::unique_ptr<TakeRecorder> take_;
    std::optional<time::SteadyTime> last_byte_;
    std::optional<time::SteadyTime> sound_since_;
    bool burst_is_in_ = false;
    const time::SteadyTime began_;
    std::string last_title_;
    time::SteadyTime measured_at_;
    time::Micros measured_{};  // sound there was then
    int slow_in_a_row_ = 0;    // stretches that were measured
    std::optional<std::string> fault_;
    Connection connection_;  // last: it calls the above
};

}  // namespace aircheck::downloader

// SPDX-License-Identifier: MIT
#include "downloader/station.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"
#include "downloader/cause.h"
#include "downloader/station_settings.h"

namespace aircheck::downloader {
namespace {

/// A take of at least this much sound shows that the station is well.
constexpr std::chrono::seconds kGoodTake{10};

/// So long after its successor began it can be told whether a stalled take goes on in it.
constexpr config::Duration kLeastOverlap = std::chrono::seconds{3};

/// So long, at least, two takes go side by side in search of a splice.
constexpr std::chrono::seconds kLeastLimit{30};

/// A station that refuses a second connection is not asked for one again before this.
constexpr std::chrono::minutes kCascadeRetry{5};
constexpr std::chrono::hours kLongestCascadeRetry{1};

/// While the writer is stuck, a station is not connected to; looked at again after this.
constexpr std::chrono::seconds kWriterRetry{1};

/// So long beyond its `restart_overlap` a process that was replaced may hold its connection.
constexpr std::chrono::minutes kReplaced{1};

}  // namespace

Station::Station(const config::StationConfig& station, const Context& context)
    : station_(station),
      context_(context),
      began_(context.clock.Steady()),
      timer_(context.loop),
      burst_timer_(context.loop),
      backoff_(static_cast<std::minstd_rand::result_type>(
          std::hash<std::string>{}(station.callsign) ^ static_cast<std::size_t>(::getpid()))),
      plan_(station.streams) {}

worker::Breadcrumb Station::Crumb() const {
    return {context_.black_box, worker::BlackBox::Slot::kLoop, station_.callsign};
}

void Station::Start(std::chrono::milliseconds delay) {
    Wait(delay);
}

void Station::Stop() {
    End(cause::kStopped);
}

void Station::End(const std::string& cause) {
    const auto crumb = Crumb();
    stopped_ = true;
    timer_.cancel();
    burst_timer_.cancel();
    trying_.reset();
    while (!intakes_.empty()) LetGo(0, cause);
    Enter(State::kWaiting, cause);
}

void Station::Retire() {
    if (leaving()) return;
    retires_at_ = context_.clock.Steady() + station_.restart_overlap;
    timer_.cancel();
    waiting_ = false;
    trying_.reset();
    if (intakes_.empty()) End(cause::kHandedOver);
}

bool Station::Adopt(const config::StationConfig& fresh) {
    if (NeedsNewConnection(station_, fresh)) return false;
    station_ = fresh;
    return true;
}

bool Station::refused() const {
    if (leaving() || !intakes_.empty() || bytes_ended_ > 0) return false;
    const auto longest = station_.restart_overlap + kReplaced;
    return !failures_.empty() && context_.clock.Steady() - began_ < longest;
}

void Station::Wait(std::chrono::milliseconds delay) {
    waiting_ = true;
    timer_.expires_after(delay);
    timer_.async_wait([this](boost::system::error_code error) {
        // It may have been called off when it was over already.
        if (error || leaving() || !std::exchange(waiting_, false)) return;
        if (!recording()) Connect();
    });
}

/// Tries the next URL; at the end of a round, waits.
void Station::Connect() {
    told_to_wait_ = false;
    if (writer_stuck_) {
        Enter(State::kWaiting, cause::kDisk);
        Wait(kWriterRetry);
        return;
    }
    auto candidate = plan_.Next();
    if (!candidate && recording()) return PutOffCascade();
    if (!candidate) {
        told_to_wait_ = retry_after_ > std::chrono::seconds{0};
        const auto delay = backoff_.Next(std::exchange(retry_after_, {}));
        log::debug("{}: next attempt in {} ms", station_.callsign, delay.count());
        if (!recording()) Enter(State::kWaiting, cause_);
        Wait(delay);
        return;
    }
    if (!recording()) Enter(State::kConnecting, cause_);
    ++connects_;
    try {
        IntakeOwner& owner = *this;
        trying_ = std::make_unique<Intake>(
            station_, *candidate,
            Intake::Context{{context_.multi, context_.clock, context_.black_box},
                            context_.new_handle},
            owner);
    } catch (const std::exception& error) {
        log::error("{}: {}: {}", station_.callsign, candidate->url, util::DescribeException(error));
        cause_ = "bad url";
        Wait(Backoff::kFirst);
    }
}

/// Where nothing is recorded, and nothing is under way.
void Station::ConnectAgain() {
    if (!intakes_.empty() || trying_ || waiting_) return;
    if (leaving())
        End(cause::kHandedOver);
    else
        Connect();
}

/// A server that refused us beside another process may let us in now.
void Station::ConnectAtOnce() {
    if (leaving() || recording() || failures_.empty()) return;
    backoff_.Reset();
    if (!waiting_ || told_to_wait_) return;
    log::debug("{}: another recorder has ended, connecting now", station_.callsign);
    timer_.cancel();
    waiting_ = false;
    Connect();
}

void Station::OnSound(Intake& intake) {
    if (&intake == trying_.get()) intakes_.push_back(std::move(trying_));
    log::info("{}: recording take {} from {}", station_.callsign, intake.take().id(),
              intake.EffectiveUrl());
    failures_.clear();
    retry_after_ = {};
    file_.clear();
    Enter(State::kRecording, "");
    // Its first frames are safe at once. Not from within libcurl's call, though.
    CollectIn(time::Micros{0});
}

void Station::CollectIn(time::Micros wait) {
    burst_timer_.expires_after(wait);
    burst_timer_.async_wait([this](boost::system::error_code error) {
        if (error || stopped_) return;
        AwaitBursts();
        context_.collect_soon(*this);
    });
}

void Station::AwaitBursts() {
    auto soonest = time::Micros::max();
    for (const auto& intake : intakes_) {
        const time::Micros wait = intake->AwaitBurst();
        if (wait.count() > 0) soonest = std::min(soonest, wait);
    }
    if (soonest != time::Micros::max()) CollectIn(soonest);
}

void Station::OnEnd(Intake& intake, ConnectionHandler::End end) {
    retry_after_ = std::max(retry_after_, end.retry_after);
    if (&intake == trying_.get()) {
        if (end.playlist && plan_.Expand(intake.candidate(), *end.playlist)) {
            trying_.reset();
            Connect();
        } else {
            GiveUpTrying(end.cause);
        }
        return;
    }
    const auto found = std::ranges::find(intakes_, &intake, &std::unique_ptr<Intake>::get);
    LetGo(static_cast<std::size_t>(found - intakes_.begin()), end.cause);
    ConnectAgain();
}

/// The connection that has not delivered anything yet.
void Station::GiveUpTrying(const std::string& cause) {
    const bool news = std::exchange(failures_[trying_->candidate().url], cause) != cause;
    if (news) {
        log::warn("{}: {}: {}", station_.callsign, trying_->candidate().url, cause);
        ops_.push_back(AddFailure{station_.callsign, {context_.clock.Now(), cause}});
    }
    if (!recording()) cause_ = cause;
    const std::string url = std::exchange(trying_, nullptr)->candidate().url;
    // A server that does not serve us twice is no reason to change over to a fallback.
    if (recording() && url == intakes_.back()->candidate().url) return PutOffCascade();
    Connect();
}

void Station::PutOffCascade() {
    const auto asked =
        std::min<std::chrono::seconds>(std::exchange(retry_after_, {}), kLongestCascadeRetry);
    cascade_from_ = context_.clock.Steady() + std::max<std::chrono::seconds>(kCascadeRetry, asked);
}

/// Ends one take. The station goes on as the others say.
void Station::LetGo(std::size_t index, const std::string& cause) {
    const auto intake = std::move(intakes_[index]);
    intakes_.erase(intakes_.begin() + static_cast<std::ptrdiff_t>(index));
    // An older one outlives it: a server that does not serve us twice, perhaps.
    if (index > 0) PutOffCascade();
    TakeRecorder& take = intake->take();
    const bool meant =
        cause == cause::kCascade || cause == cause::kStopped || cause == cause::kHandedOver;
    if (meant)
        log::debug("{}: take {} ends: {}", station_.callsign, take.id(), cause);
    else
        log::warn("{}: {}: {}", station_.callsign, intake->candidate().url, cause);
    if (take.media() >= kGoodTake && intake->Age() >= kGoodTake) {
        backoff_.Reset();
        if (intakes_.empty()) plan_.Worked(intake->candidate().url);
    }
    intake->End(cause, ops_);
    bytes_ended_ += take.bytes();
    frames_ended_ += take.frames();
    last_byte_ = std::max(last_byte_, intake->last_byte());
    splicer_.Ended(take.View(), context_.clock.Steady());
    if (!intakes_.empty()) return;
    if (!meant) ++breaks_;
    file_.clear();
    last_title_.clear();
    Enter(trying_ ? State::kConnecting : State::kWaiting, cause);
}

void Station::Tick() {
    if (stopped_) return;
    const auto crumb = Crumb();
    // By index: libcurl may serve other connections on the way, and one more may bring sound.
    for (std::size_t i = 0; i < intakes_.size(); ++i) intakes_[i]->Tick();
    if (trying_) trying_->Tick();
    if (retires_at_ && context_.clock.Steady() >= *retires_at_) return End(cause::kHandedOver);
    Watch();
    ReleaseOld();
    StartCascade();
    Splice();
}

/// Notices what delivers nothing.
void Station::Watch() {
    if (trying_ && trying_->fault()) GiveUpTrying(*trying_->fault());
    bool well = intakes_.empty();
    for (std::size_t i = 0; i < intakes_.size();) {
        const auto fault = intakes_[i]->fault();
        well = well || !fault;
        // What has stalled may go on, for a while; the rest is over.
        const bool over = intakes_[i]->Idle() > 2 * station_.cycle_time + kLeastLimit;
        if (fault && (over || *fault != cause::kStalled)) {
            writer_stuck_ = writer_stuck_ || *fault == cause::kDisk;
            LetGo(i, *fault);
        } else {
            ++i;
        }
    }
    if (intakes_.empty()) {
        ConnectAgain();
    } else if (well) {
        Enter(State::kRecording, "");
    } else if (!trying_ && !waiting_ && !leaving()) {
        Enter(State::kConnecting, cause::kStalled);
        plan_.Renew();
        Connect();
    }
}

/// Ends the takes that others have taken over from.
void Station::ReleaseOld() {
    while (intakes_.size() > 1 && IsReleasable(*intakes_[0], *intakes_[1]))
        LetGo(0, intakes_[0]->fault() ? cause::kStalled : cause::kCascade);
}

bool Station::IsReleasable(const Intake& older, const Intake& newer) const {
    const time::Micros overlap = newer.Age();
    if (overlap < (older.fault() ? kLeastOverlap : station_.cascade_buffer)) return false;
    const time::Micros limit = std::max<time::Micros>(kLeastLimit, 4 * station_.cascade_buffer);
    if (overlap > limit) return true;
    const auto match = archive::CompareTakes(older.take().View(), newer.take().View());
    return match && match->sure;
}

/// Nullopt while there will be none.
std::optional<time::Micros> Station::UntilCascade() const {
    if (intakes_.size() != 1 || trying_ || waiting_ || leaving() || !station_.cascade_time)
        return std::nullopt;
    const auto put_off =
        std::chrono::duration_cast<time::Micros>(cascade_from_ - context_.clock.Steady());
    return std::max({time::Micros{}, put_off, *station_.cascade_time - intakes_.front()->Age()});
}

void Station::StartCascade() {
    if (UntilCascade() != time::Micros{}) return;
    plan_.Renew();
    Connect();
}

void Station::Splice() {
    if (!splicer_.Pending()) return;
    std::vector<archive::KnownTake> living;
    for (const auto& intake : intakes_)
        if (intake->BurstIsIn()) living.push_back(intake->take().View());
    for (auto& splice : splicer_.Resolve(living, context_.clock.Steady())) {
        log::debug("{}: take {} goes on in {}: {}", station_.callsign, splice.older, splice.newer,
                   splice.exact ? "exact" : "by the clock");
        const auto newer = std::ranges::find(living, splice.newer, &archive::KnownTake::id);
        if (newer != living.end()) TellOfSplice(splice, *newer);
        splices_.push_back(std::move(splice));
    }
}

void Station::OnForeignTake(archive::KnownTake take) {
    // A repair beside us may have thought that it is over.
    for (const auto& intake : intakes_)
        if (intake->take().id() == take.id) return;
    const bool was_well = take.Media() >= kGoodTake;
    const bool news = splicer_.Ended(std::move(take), context_.clock.Steady());
    if (was_well && news) ConnectAtOnce();
}

void Station::OnLost(SegmentHandle handle) {
    for (std::size_t i = 0; i < intakes_.size(); ++i) {
        if (!intakes_[i]->take().Owns(handle)) continue;
        const auto crumb = Crumb();
        LetGo(i, cause::kDisk);
        ConnectAgain();
        return;
    }
}

void Station::Collect(std::vector<WriteOp>& round) {
    const auto crumb = Crumb();
    std::move(ops_.begin(), ops_.end(), std::back_inserter(round));
    ops_.clear();
    for (const auto& intake : intakes_) intake->Collect(round);
    // The catalog must know both takes by then.
    for (catalog::Splice& splice : splices_) round.push_back(AddSplice{std::move(splice)});
    splices_.clear();
    writer_stuck_ = false;
}

}  // namespace aircheck::downloader

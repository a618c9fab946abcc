// SPDX-License-Identifier: MIT
#include "loudness/rounds.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::loudness {
namespace {

using catalog::Segment;
using catalog::SegmentState;

}  // namespace

Rounds::Rounds(const config::Config& config, const time::Clock& clock, std::string name)
    : config_(config),
      name_(std::move(name)),
      layout_(config.storage),
      attempts_(layout_.LoudnessAttempts()),
      silences_(config, clock),
      file_(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite) {}

void Rounds::LookUp() noexcept {
    ready_ = false;
    try {
        LookUp(file_.Get());
        ready_ = true;
    } catch (const std::exception& error) {
        Failed(error);
    }
}

void Rounds::LookUp(catalog::Catalog& catalog) {
    if (std::exchange(opened_, file_.opened()) != opened_) {
        // Segments have other numbers in another catalog.
        heard_.clear();
        news_.clear();
        silences_.Begin(catalog);
    }
    Update(catalog, catalog.OpenSegments());
    const bool busy = std::ranges::any_of(heard_, [](const auto& entry) {
        return entry.second.segment.state == SegmentState::kClosed;
    });
    if (busy) return;
    for (const Segment& segment : catalog.Unheard(1)) Add(catalog, segment);
}

/// Takes over what has become of the segments that are being heard, and new ones.
void Rounds::Update(const catalog::Catalog& catalog, const std::vector<Segment>& open) {
    for (const Segment& segment : open) {
        const auto known = heard_.find(segment.id);
        if (known != heard_.end())
            known->second.segment = segment;
        else if (!catalog.Heard(segment.id))
            Add(catalog, segment);
    }
    for (auto& [id, heard] : heard_) {
        if (std::ranges::find(open, id, &Segment::id) != open.end()) continue;
        const auto now = catalog.FindSegment(id);
        heard.lost = !now || now->state == SegmentState::kUploaded;
        if (now) heard.segment = *now;
    }
    std::erase_if(heard_, [](const auto& entry) { return entry.second.lost; });
}

void Rounds::Add(const catalog::Catalog& catalog, const Segment& segment) {
    if (attempts_.Hopeless(segment.id))
        return GiveUp(segment, "several processes have died over it");
    Heard& heard = heard_[segment.id];
    heard.segment = segment;
    heard.live = segment.state == SegmentState::kOpen;
    heard.start.known = catalog.LevelCount(segment.id);
    const auto sample = heard.start.known * segment.format.sample_rate / kLevelsPerSecond;
    if (heard.start.known > 0)
        heard.start.at = catalog.FindIndexEntry(segment.id, sample).value_or(catalog::IndexEntry{});
}

/// What is not known of its loudness stays so.
void Rounds::GiveUp(const Segment& segment, const std::string& why) {
    log::warn("{}: the loudness of {} stays unknown: {}", segment.station, segment.path, why);
    news_.push_back({.id = segment.id, .first = 0, .levels = {}, .complete = true});
}

void Rounds::Hear() noexcept {
    more_ = false;
    if (!ready_) return;
    for (auto& [id, heard] : heard_) {
        if (quit_) return;
        attempts_.Begin(id);
        try {
            Hear(heard);
        } catch (const std::exception& error) {
            Lose(heard, util::DescribeException(error));
        }
        attempts_.End();
    }
}

/// One that cannot be opened may just have got another name: then that is looked up.
void Rounds::Lose(Heard& heard, const std::string& why) {
    heard.lost = true;
    const std::int64_t id = heard.segment.id;
    if (heard.hearing || std::exchange(missed_, id) == id) GiveUp(heard.segment, why);
}

void Rounds::Hear(Heard& heard) {
    const Segment& segment = heard.segment;
    if (!heard.hearing) heard.hearing = std::make_unique<Hearing>(layout_, segment, heard.start);
    Hearing& hearing = *heard.hearing;
    const std::uint64_t before = hearing.position();
    hearing.Hear(segment.bytes, kPortionBytes);
    if (hearing.position() > before) bytes_ += hearing.position() - before;
    if (hearing.position() < segment.bytes)
        more_ = true;
    else if (segment.state == SegmentState::kClosed)
        hearing.Finish();
    catalog::SegmentLevels news = hearing.Take();
    if (heard.live)
        silences_.Hear(segment.station,
                       segment.start + kTenth * static_cast<std::int64_t>(news.first), news.levels);
    heard.lost = news.complete;
    if (news.complete || !news.levels.empty()) news_.push_back(std::move(news));
}

Outcome Rounds::Keep() noexcept {
    Outcome outcome;
    try {
        catalog::Catalog& catalog = file_.Get();
        if (file_.opened() != opened_) return outcome;
        catalog.SetLevels(news_);
        attempts_.Forget([&catalog](std::int64_t segment) { return catalog.Heard(segment); });
        const bool finished = std::ranges::any_of(news_, &catalog::SegmentLevels::complete);
        news_.clear();
        std::erase_if(heard_, [](const auto& entry) { return entry.second.lost; });
        outcome.events = silences_.Keep(catalog);
        outcome.more = more_ || finished;
        complained_.clear();
    } catch (const std::exception& error) {
        Failed(error);
    }
    return outcome;
}

void Rounds::Failed(const std::exception& error) noexcept {
    const std::string what = util::DescribeException(error);
    if (std::exchange(complained_, what) != what)
        log::error("{}: cannot use the catalog: {}", name_, what);
    file_.Failed(error);  // a new connection may do better
}

}  // namespace aircheck::loudness

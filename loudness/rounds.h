// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/catalog/catalog_file.h"
#include "common/config/config.h"
#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "loudness/attempts.h"
#include "loudness/hearing.h"
#include "loudness/silence_watch.h"
#include "proto/messages.h"

namespace aircheck::loudness {

/// What came of a round.
struct Outcome {
    std::vector<proto::SilenceEvent> events;
    bool more = false;  // there is more to be heard already
};

/// Hears what is being recorded as it grows, and finished segments that nobody has heard, the
/// latest first. A round is LookUp, then Hear, then Keep: one after the other, but each on a thread
/// that fits, since Hear is to be idle, and the others hold the catalog's locks, for which those
/// who record wait. None of them throws; what fails is logged, and tried again with the next round.
class Rounds {
public:
    /// As much of a segment is heard at once.
    static constexpr std::size_t kPortionBytes = std::size_t{1} << 20;

    /// `config` and `clock` outlive it.
    Rounds(const config::Config& config, const time::Clock& clock, std::string name);

    void LookUp() noexcept;
    void Hear() noexcept;
    Outcome Keep() noexcept;

    /// Any thread: a round that is under way ends soon.
    void Quit() { quit_ = true; }

    /// Bytes that have been heard. Any thread.
    std::uint64_t bytes() const { return bytes_; }

private:
    /// A segment that is being heard.
    struct Heard {
        catalog::Segment segment;  // as the catalog had it last
        Hearing::Start start;
        bool live = false;  // it was open when its hearing began
        bool lost = false;  // it cannot be heard any further
        std::unique_ptr<Hearing> hearing;
    };

    void LookUp(catalog::Catalog& catalog);
    void Update(const catalog::Catalog& catalog, const std::vector<catalog::Segment>& open);
    void Add(const catalog::Catalog& catalog, const catalog::Segment& segment);
    void GiveUp(const catalog::Segment& segment, const std::string& why);
    void Hear(Heard& heard);
    void Lose(Heard& heard, const std::string& why);
    void Failed(const std::exception& error) noexcept;

    const config::Config& config_;
    const std::string name_;
    const storage::Layout layout_;
    Attempts attempts_;
    SilenceWatch silences_;
    catalog::CatalogFile file_;
    int opened_ = 0;  // that opening of the catalog's file
    std::map<std::int64_t, Heard> heard_;
    std::vector<catalog::SegmentLevels> news_;
    std::int64_t missed_ = 0;  // the segment whose file could not be opened last
    bool ready_ = false;       // to hear what has been looked up
    bool more_ = false;
    std::string complained_;  // of the catalog
    std::atomic<bool> quit_ = false;
    std::atomic<std::uint64_t> bytes_ = 0;
};

}  // namespace aircheck::loudness

// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/storage/paths.h"
#include "common/time/clock.h"
#include "webapi/cloud/cache_room.h"
#include "webapi/cloud/cloud_failure.h"
#include "webapi/cloud/cloud_segment.h"
#include "webapi/cloud/fetcher.h"
#include "webapi/cloud/lost_objects.h"

namespace aircheck::webapi {

/// One who reads a segment from front to back.
struct CloudCursor {
    std::uint64_t ahead = 0;                      // how far it is fetched ahead for him
    std::optional<time::SteadyTime> waits_since;  // he has not got on since
};

struct CloudCounters {
    std::uint64_t fetched_bytes = 0;
    std::uint64_t hits = 0;    // blocks that were in the cache already
    std::uint64_t misses = 0;  // that had to be fetched
    std::uint64_t errors = 0;  // fetches that failed because the cloud was out of reach
    std::uint64_t lost = 0;    // objects that were found missing or changed
};

/// How long who waits for what.
struct CloudPatience {
    std::chrono::milliseconds first{10'000};  // an answer for its beginning
    std::chrono::milliseconds body{30'000};   // a body for its next byte
    std::chrono::milliseconds look{1'000};    // a body, before it looks after its connection
    std::chrono::milliseconds retry{1'000};   // the next attempt, once the cloud is down
};

/// Brings the bytes of segments from the cloud into cache files, each block once for all who wait
/// for it in this process. Lives on the loop's thread, and until the loop has ended.
class CloudReader final : private FetchWitness {
public:
    struct Settings {
        std::uint64_t max_bytes = 0;  // of the cache
        std::uint64_t min_free = 0;   // of the disk
        CloudPatience patience{};
    };

    CloudReader(boost::asio::io_context& loop, const time::Clock& clock, storage::Layout layout,
                Settings settings, Fetcher::MakeStore make_store);

    /// The segment's object; as others who read it now have it. Nothing is fetched yet. Throws
    /// CloudFailure if that is no object's key.
    std::shared_ptr<CloudSegment> Open(const catalog::Segment& segment);

    /// Waits until `size` bytes are here, before an answer begins: not for long, and not at all
    /// while the cloud is down. Throws CloudFailure.
    boost::asio::awaitable<void> Prepare(CloudSegment& segment, std::uint64_t offset,
                                         std::uint64_t size);

    /// How many bytes can be read now of the `size` that will be wanted: at least as many as
    /// `least`; 0 to be asked again, after a look at whether there is still somebody who wants
    /// them. Fetches ahead. Throws CloudFailure if they do not come for too long.
    boost::asio::awaitable<std::uint64_t> Await(CloudSegment& segment, CloudCursor& cursor,
                                                std::uint64_t offset, std::uint64_t least,
                                                std::uint64_t size);

    /// These bytes will be wanted soon.
    void Foresee(CloudSegment& segment, std::uint64_t offset, std::uint64_t size);

    /// Whoever waits in `Await` is to look around.
    void Wake();

    const LostObjects& lost() const { return lost_; }
    const CloudCounters& counters() const { return counters_; }
    std::uint64_t cache_bytes() const { return room_.used(); }
    bool down() const { return down_.has_value(); }

private:
    /// The cloud cannot be reached.
    struct Down {
        std::string what;
        time::SteadyTime retry;
    };

    void Opened(const std::weak_ptr<void>& reader, std::shared_ptr<CacheFile> file) override;
    void Arrived(const std::weak_ptr<void>& reader, std::size_t block, bool fetched) override;
    void Ended(const Fetch& fetch, const std::optional<cloud::CloudError>& error) override;

    void Fail(CloudSegment& segment, const cloud::CloudError& error);
    void Recover();
    bool MayTry();
    bool Want(CloudSegment& segment, std::size_t block, std::uint64_t end);
    bool Request(CloudSegment& segment, std::size_t first, std::size_t end, bool urgent);
    void FetchAhead(CloudSegment& segment, std::uint64_t window, std::uint64_t offset,
                    std::uint64_t end);
    void Touch(CloudSegment& segment);
    void ThrowIfLost(const CloudSegment& segment) const;
    boost::asio::awaitable<void> Wait(CloudSegment& segment);
    void Tick();

    boost::asio::io_context& loop_;
    const time::Clock& clock_;
    const storage::Layout layout_;
    const CloudPatience patience_;
    std::map<std::string, std::weak_ptr<CloudSegment>> known_;
    std::size_t known_limit_ = 64;  // before those that nobody reads are dropped
    std::vector<std::weak_ptr<CloudSegment>> waiting_;
    boost::asio::steady_timer tick_;
    bool ticking_ = false;
    LostObjects lost_;
    CloudCounters counters_;
    std::optional<Down> down_;
    std::optional<time::SteadyTime> told_down_;
    CacheRoom room_;
    Fetcher fetcher_;  // last: its threads speak to all of this
};

}  // namespace aircheck::webapi

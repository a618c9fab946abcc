// SPDX-License-Identifier: MIT
#include "webapi/cloud/cloud_reader.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "common/log/log.h"
#include "common/timeline/losses.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
using cloud::CloudError;

namespace {

constexpr std::uint64_t kBlock = CacheFile::kBlockBytes;

/// One request to the cloud: long enough for its round trip not to count, and short enough for
/// several threads to have their part of what a fast reader wants.
constexpr std::size_t kRunBlocks = 16;
constexpr std::uint64_t kRunBytes = kRunBlocks * kBlock;

/// Fetched ahead for somebody who has read so far only a little, and at most: players ask for the
/// rest of a file and leave after some seconds.
constexpr std::uint64_t kFirstAhead = 4 * kBlock;
constexpr std::uint64_t kMostAhead = 4 * kRunBytes;

/// Given out at once: who takes long for it must not keep others from being fetched meanwhile.
constexpr std::uint64_t kMostAtOnce = kRunBytes;

constexpr std::chrono::minutes kTouchEvery{1};

/// Between two lines of the log about a cloud that comes and goes.
constexpr std::chrono::minutes kTellEvery{1};

std::size_t BlocksTo(std::uint64_t end) {
    return static_cast<std::size_t>((end + kBlock - 1) / kBlock);
}

}  // namespace

CloudReader::CloudReader(asio::io_context& loop, const time::Clock& clock, storage::Layout layout,
                         Settings settings, Fetcher::MakeStore make_store)
    : loop_(loop),
      clock_(clock),
      layout_(std::move(layout)),
      patience_(settings.patience),
      tick_(loop),
      lost_(clock),
      room_(layout_.Cache(), settings.max_bytes, settings.min_free),
      fetcher_(std::move(make_store), room_, *this) {}

std::shared_ptr<CloudSegment> CloudReader::Open(const catalog::Segment& segment) try {
    std::weak_ptr<CloudSegment>& known = known_[segment.object];
    if (auto open = known.lock()) return open;
    auto opened =
        std::make_shared<CloudSegment>(loop_, segment, layout_.CachedObject(segment.object));
    known = opened;
    if (known_.size() > known_limit_) {
        std::erase_if(known_, [](const auto& entry) { return entry.second.expired(); });
        known_limit_ = std::max(known_limit_, 2 * known_.size());
    }
    return opened;
} catch (const std::invalid_argument& error) {
    throw CloudFailure(CloudFailure::Kind::kLost, error.what());
}

asio::awaitable<void> CloudReader::Prepare(CloudSegment& segment, std::uint64_t offset,
                                           std::uint64_t size) {
    const time::SteadyTime until = clock_.Steady() + patience_.first;
    const int failures = segment.failures_;
    Touch(segment);
    while (segment.Here(offset, size) < size) {
        ThrowIfLost(segment);
        const std::string what = down_ ? down_->what : "the cloud does not answer in time";
        const bool wanted = segment.failures_ == failures && clock_.Steady() < until &&
                            Want(segment, segment.FirstMissing(offset, size), offset + size);
        if (!wanted) throw CloudFailure(CloudFailure::Kind::kLater, what);
        co_await Wait(segment);
    }
}

asio::awaitable<std::uint64_t> CloudReader::Await(CloudSegment& segment, CloudCursor& cursor,
                                                  std::uint64_t offset, std::uint64_t least,
                                                  std::uint64_t size) {
    const auto give = [&]() -> std::uint64_t {
        const std::uint64_t here =
            std::min(segment.Here(offset, size), std::max(kMostAtOnce, least));
        if (here < least) return 0;
        cursor.waits_since.reset();
        cursor.ahead = std::min(cursor.ahead + here, kMostAhead);
        return here;
    };
    Touch(segment);
    const std::uint64_t window = std::clamp(cursor.ahead, kFirstAhead, kMostAhead);
    FetchAhead(segment, window, offset, offset + size);
    if (const std::uint64_t here = give(); here > 0) co_return here;
    ThrowIfLost(segment);
    const time::SteadyTime now = clock_.Steady();
    if (!cursor.waits_since) cursor.waits_since = now;
    if (now - *cursor.waits_since > patience_.body) {
        throw CloudFailure(CloudFailure::Kind::kLater,
                           down_ ? down_->what : "the cloud does not send anything");
    }
    Want(segment, segment.FirstMissing(offset, least), offset + std::min(size, window));
    co_await Wait(segment);
    co_return give();
}

void CloudReader::Foresee(CloudSegment& segment, std::uint64_t offset, std::uint64_t size) {
    FetchAhead(segment, kRunBytes, offset, offset + size);
}

/// What lies ahead is fetched in long runs, not block by block as a reader gets on.
void CloudReader::FetchAhead(CloudSegment& segment, std::uint64_t window, std::uint64_t offset,
                             std::uint64_t end) {
    if (down_ || segment.opening_ || offset >= segment.bytes_) return;
    const std::uint64_t limit = std::min({offset + window, end, segment.bytes_});
    const std::size_t to = BlocksTo(limit);
    auto block = static_cast<std::size_t>(offset / kBlock);
    while (block < to && segment.blocks_[block] != CloudSegment::Block::kUnknown) ++block;
    const bool enough = limit == end || (to - block) * kBlock >= std::min(kRunBytes, window / 2);
    while (enough && block < to && Request(segment, block, to, false)) {
        while (block < to && segment.blocks_[block] != CloudSegment::Block::kUnknown) ++block;
        if (segment.opening_) break;
    }
}

/// Sees to it that the block comes, and some up to `end` with it. False while that is in vain.
bool CloudReader::Want(CloudSegment& segment, std::size_t block, std::uint64_t end) {
    if (segment.blocks_[block] == CloudSegment::Block::kWanted) {
        if (const auto open = known_[segment.object_].lock()) fetcher_.Hasten(open, block);
        return true;
    }
    // Which of its blocks are here already is known once its file is open.
    if (segment.opening_) return true;
    if (!MayTry()) return false;
    // The setup may be far from what is wanted.
    if (block < BlocksTo(segment.setup_bytes_)) end = segment.setup_bytes_;
    return Request(segment, block, std::max(BlocksTo(std::min(end, segment.bytes_)), block + 1),
                   true);
}

/// The first ones of [first, end) that nobody has asked for.
bool CloudReader::Request(CloudSegment& segment, std::size_t first, std::size_t end, bool urgent) {
    Fetch fetch{segment.object_, segment.bytes_, segment.path_, segment.file_, first, 0, {}};
    while (first + fetch.count < std::min(end, first + kRunBlocks) &&
           segment.blocks_[first + fetch.count] == CloudSegment::Block::kUnknown)
        ++fetch.count;
    const std::size_t count = fetch.count;
    fetch.reader = known_[segment.object_];
    if (!fetcher_.Add(std::move(fetch), urgent)) return false;
    segment.opening_ = segment.file_ == nullptr;
    std::fill_n(segment.blocks_.begin() + static_cast<std::ptrdiff_t>(first), count,
                CloudSegment::Block::kWanted);
    return true;
}

/// Once the cloud is down, one attempt at a time tells when it is back.
bool CloudReader::MayTry() {
    if (!down_) return true;
    const time::SteadyTime now = clock_.Steady();
    if (now < down_->retry) return false;
    down_->retry = now + patience_.retry;
    return true;
}

void CloudReader::Touch(CloudSegment& segment) {
    const time::SteadyTime now = clock_.Steady();
    if (!segment.file_ || now - kTouchEvery < segment.touched_) return;
    segment.touched_ = now;
    segment.file_->Touch();
}

void CloudReader::ThrowIfLost(const CloudSegment& segment) const {
    const std::string cause = lost_.CauseOf(segment.object_);
    if (!cause.empty()) throw CloudFailure(CloudFailure::Kind::kLost, cause);
}

asio::awaitable<void> CloudReader::Wait(CloudSegment& segment) {
    waiting_.push_back(known_[segment.object_]);
    if (!std::exchange(ticking_, true)) Tick();
    co_await segment.changed_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void CloudReader::Tick() {
    tick_.expires_after(patience_.look);
    tick_.async_wait([this](const boost::system::error_code& error) {
        ticking_ = false;
        if (!error) Wake();
    });
}

void CloudReader::Wake() {
    for (const std::weak_ptr<CloudSegment>& waited : std::exchange(waiting_, {}))
        if (const auto segment = waited.lock()) segment->changed_.cancel();
}

void CloudReader::Opened(const std::weak_ptr<void>& reader, std::shared_ptr<CacheFile> file) {
    asio::post(loop_, [reader, file = std::move(file)] {
        const auto segment = std::static_pointer_cast<CloudSegment>(reader.lock());
        if (segment == nullptr) return;
        segment->file_ = file;
        segment->opening_ = false;
        segment->changed_.cancel();
    });
}

void CloudReader::Arrived(const std::weak_ptr<void>& reader, std::size_t block, bool fetched) {
    asio::post(loop_, [this, reader, block, fetched] {
        if (fetched) Recover();
        ++(fetched ? counters_.misses : counters_.hits);
        const auto segment = std::static_pointer_cast<CloudSegment>(reader.lock());
        if (segment == nullptr) return;
        if (fetched) counters_.fetched_bytes += segment->file_->BlockSize(block);
        segment->blocks_[block] = CloudSegment::Block::kHere;
        segment->changed_.cancel();
    });
}

void CloudReader::Ended(const Fetch& fetch, const std::optional<CloudError>& error) {
    asio::post(loop_,
               [this, reader = fetch.reader, first = fetch.first, count = fetch.count, error] {
                   const auto segment = std::static_pointer_cast<CloudSegment>(reader.lock());
                   if (segment == nullptr || !error) return;
                   segment->opening_ = false;
                   for (std::size_t block = first; block < first + count; ++block)
                       if (segment->blocks_[block] == CloudSegment::Block::kWanted)
                           segment->blocks_[block] = CloudSegment::Block::kUnknown;
                   Fail(*segment, *error);
                   ++segment->failures_;
                   segment->changed_.cancel();
               });
}

void CloudReader::Fail(CloudSegment& segment, const CloudError& error) {
    using Kind = CloudError::Kind;
    if (error.kind() == Kind::kStopped) return;
    if (error.kind() == Kind::kMissing || error.kind() == Kind::kChanged) {
        const bool missing = error.kind() == Kind::kMissing;
        ++counters_.lost;
        if (lost_.Add(segment.object_,
                      missing ? timeline::kMissingInCloud : timeline::kChangedInCloud))
            log::error("{}: {}; it counts as a gap", segment.station_, error.what());
        return;
    }
    ++counters_.errors;
    const time::SteadyTime now = clock_.Steady();
    const bool news = !down_ && (!told_down_ || now - *told_down_ > kTellEvery);
    down_ = Down{error.what(), now + patience_.retry};
    if (!news) return;
    told_down_ = now;
    const auto level = error.kind() == Kind::kRefused ? spdlog::level::err : spdlog::level::warn;
    spdlog::log(level, "web: cannot read from the cloud: {}; asking clients to come again",
                error.what());
}

void CloudReader::Recover() {
    if (!down_) return;
    down_.reset();
    log::info("web: the cloud can be read again");
}

}  // namespace aircheck::webapi

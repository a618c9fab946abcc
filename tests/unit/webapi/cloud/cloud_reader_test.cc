// SPDX-License-Identifier: MIT
#include "webapi/cloud/cloud_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "common/timeline/losses.h"
#include "tests/unit/support/fake_store.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::webapi {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::uint64_t kBlock = CacheFile::kBlockBytes;
constexpr std::uint64_t kBytes = 150 * kBlock + 777;
constexpr CloudPatience kPatience{500ms, 1500ms, 100ms, 100ms};

std::string Noise(std::uint64_t bytes, unsigned seed) {
    std::string noise(bytes, '\0');
    std::mt19937 random(seed);
    for (char& c : noise) c = static_cast<char>(random());
    return noise;
}

/// One process that reads from the cloud.
struct Reading {
    Reading(const storage::Layout& layout, test::FakeCloud& cloud, CloudReader::Settings settings)
        : reader(loop, time::SystemClock(), layout, settings, [&](const std::atomic<bool>& quit) {
              return std::make_unique<test::FakeStore>(cloud, &quit);
          }) {}

    /// Runs a coroutine to its end: its value, or the failure.
    template <typename T>
    std::variant<T, CloudFailure> Run(asio::awaitable<T> work) {
        std::optional<std::variant<T, CloudFailure>> result;
        asio::co_spawn(loop, std::move(work), [&](const std::exception_ptr& error, T value) {
            try {
                if (error) std::rethrow_exception(error);
                result = value;
            } catch (const CloudFailure& failure) {
                result = failure;
            }
        });
        while (!result) loop.run_one();
        return *result;
    }

    std::optional<CloudFailure> Prepare(CloudSegment& segment, std::uint64_t offset,
                                        std::uint64_t size) {
        const auto result = Run([](CloudReader& from, CloudSegment& of, std::uint64_t at,
                                   std::uint64_t bytes) -> asio::awaitable<bool> {
            co_await from.Prepare(of, at, bytes);
            co_return true;
        }(reader, segment, offset, size));
        if (const auto* failure = std::get_if<CloudFailure>(&result)) return *failure;
        return std::nullopt;
    }

    /// What a body would send of [offset, end), up to a failure.
    std::string ReadAll(CloudSegment& segment, std::uint64_t offset, std::uint64_t end) {
        CloudCursor cursor;
        std::string read;
        failure.reset();
        while (offset < end) {
            auto result = Run(reader.Await(segment, cursor, offset, 1, end - offset));
            if (auto* failed = std::get_if<CloudFailure>(&result)) {
                failure = *failed;
                break;
            }
            std::string part(std::get<0>(result), '\0');
            if (part.empty()) continue;
            EXPECT_EQ(::pread(segment.fd(), part.data(), part.size(), static_cast<off_t>(offset)),
                      static_cast<ssize_t>(part.size()));
            read += part;
            offset += part.size();
        }
        return read;
    }

    /// Until whatever is fetched ahead is here.
    void Settle() { loop.run_for(200ms); }

    asio::io_context loop;
    asio::executor_work_guard<asio::io_context::executor_type> work{loop.get_executor()};
    CloudReader reader;
    std::optional<CloudFailure> failure;
};

class CloudReaderTest : public ::testing::Test {
protected:
    CloudReaderTest() : layout_(folder_.path()) {
        segment_ = Segment(1);
        sound_ = Noise(kBytes, 1);
        cloud_.Set(segment_.object, sound_);
        one_.emplace(layout_, cloud_, settings_);
    }

    static catalog::Segment Segment(int number) {
        catalog::Segment segment;
        segment.station = "kpcc";
        segment.bytes = kBytes;
        segment.object = "0123456789ab/kpcc/streams/kpcc-20261120T20300" + std::to_string(number) +
                         "Z-3f9a2c1d7e05.mp3";
        return segment;
    }

    test::TempFolder folder_;
    storage::Layout layout_;
    test::FakeCloud cloud_;
    CloudReader::Settings settings_{std::uint64_t{1} << 30, 0, kPatience};
    catalog::Segment segment_;
    std::string sound_;
    std::optional<Reading> one_;
};

TEST_F(CloudReaderTest, ReadsWhatIsThere) {
    const auto open = one_->reader.Open(segment_);
    EXPECT_EQ(open, one_->reader.Open(segment_));
    EXPECT_EQ(open->fd(), -1);
    EXPECT_TRUE(one_->ReadAll(*open, 0, kBytes) == sound_);
    EXPECT_EQ(cloud_.bytes_read, kBytes);
    EXPECT_EQ(one_->reader.counters().fetched_bytes, kBytes);
    EXPECT_EQ(one_->reader.counters().misses, 151U);
    EXPECT_EQ(one_->reader.counters().hits, 0U);
    EXPECT_TRUE(one_->ReadAll(*open, 0, kBytes) == sound_);
    EXPECT_EQ(cloud_.bytes_read, kBytes);
}

TEST_F(CloudReaderTest, FetchesNoMoreThanIsWanted) {
    const auto open = one_->reader.Open(segment_);
    EXPECT_TRUE(one_->ReadAll(*open, 100'000, 100'100) == sound_.substr(100'000, 100));
    one_->Settle();
    EXPECT_EQ(cloud_.bytes_read, kBlock);
    EXPECT_FALSE(one_->Prepare(*open, kBytes - 10, 10));
    EXPECT_EQ(cloud_.bytes_read, kBlock + 777);
}

TEST_F(CloudReaderTest, FetchesAheadFurtherTheMoreIsRead) {
    const auto open = one_->reader.Open(segment_);
    CloudCursor cursor;
    std::uint64_t offset = 0;
    for (int i = 0; i < 3; ++i) {
        std::uint64_t here = 0;
        while (here == 0)
            here = std::get<0>(
                one_->Run(one_->reader.Await(*open, cursor, offset, 1, kBytes - offset)));
        offset += here;
    }
    one_->Settle();
    const std::uint64_t ahead = cloud_.bytes_read - offset;
    EXPECT_LE(ahead, 16 * kBlock);  // who leaves soon costs little
    EXPECT_EQ(one_->ReadAll(*open, offset, 100 * kBlock),
              sound_.substr(offset, 100 * kBlock - offset));
    one_->Settle();
    EXPECT_LE(cloud_.bytes_read, 100 * kBlock);
}

TEST_F(CloudReaderTest, FetchesABlockOnceForAllWhoWait) {
    cloud_.delay = 50ms;
    const auto open = one_->reader.Open(segment_);
    int done = 0;
    for (int i = 0; i < 20; ++i) {
        asio::co_spawn(one_->loop, one_->reader.Prepare(*open, 0, 3 * kBlock),
                       [&](const std::exception_ptr& error) {
                           EXPECT_FALSE(error);
                           ++done;
                       });
    }
    while (done < 20) one_->loop.run_one();
    EXPECT_EQ(cloud_.bytes_read, 3 * kBlock);
}

TEST_F(CloudReaderTest, SharesTheCacheWithOtherProcesses) {
    Reading other(layout_, cloud_, settings_);
    const auto here = one_->reader.Open(segment_);
    const auto there = other.reader.Open(segment_);
    EXPECT_TRUE(one_->ReadAll(*here, 0, 40 * kBlock) == sound_.substr(0, 40 * kBlock));
    one_->Settle();
    const std::uint64_t read = cloud_.bytes_read;
    EXPECT_TRUE(other.ReadAll(*there, 0, 40 * kBlock) == sound_.substr(0, 40 * kBlock));
    EXPECT_EQ(cloud_.bytes_read, read);
    EXPECT_EQ(other.reader.counters().hits, 40U);
    EXPECT_TRUE(other.ReadAll(*there, 0, kBytes) == sound_);
    EXPECT_TRUE(one_->ReadAll(*here, 0, kBytes) == sound_);
    EXPECT_EQ(cloud_.bytes_read, kBytes);
}

TEST_F(CloudReaderTest, NeedsNoCloudForWhatIsInTheCache) {
    one_->ReadAll(*one_->reader.Open(segment_), 0, kBytes);
    cloud_.down = true;
    Reading next(layout_, cloud_, settings_);
    EXPECT_TRUE(next.ReadAll(*next.reader.Open(segment_), 0, kBytes) == sound_);
}

TEST_F(CloudReaderTest, LosesNothingButTimeWithTheCache) {
    const auto open = one_->reader.Open(segment_);
    EXPECT_TRUE(one_->ReadAll(*open, 0, 40 * kBlock) == sound_.substr(0, 40 * kBlock));
    std::filesystem::remove_all(layout_.Cache());
    EXPECT_TRUE(one_->ReadAll(*open, 0, kBytes) == sound_);
    Reading next(layout_, cloud_, settings_);
    EXPECT_TRUE(next.ReadAll(*next.reader.Open(segment_), 0, kBytes) == sound_);
}

TEST_F(CloudReaderTest, ReadsPiecesOfAnyLengthFromACacheThatIsTooSmall) {
    settings_.max_bytes = 8 * kBlock;
    Reading small(layout_, cloud_, settings_);
    for (int number = 1; number < 5; ++number) {
        const catalog::Segment segment = Segment(number);
        const std::string sound = Noise(kBytes, static_cast<unsigned>(number));
        cloud_.Set(segment.object, sound);
        EXPECT_EQ(small.ReadAll(*small.reader.Open(segment), 0, kBytes), sound);
    }
    EXPECT_LE(small.reader.cache_bytes(), kBytes + 2 * kBlock);  // that of the last one
}

TEST_F(CloudReaderTest, RefusesAtOnceWhileTheCloudIsDown) {
    cloud_.down = true;
    const auto open = one_->reader.Open(segment_);
    const auto failure = one_->Prepare(*open, 0, 10);
    ASSERT_TRUE(failure);
    EXPECT_FALSE(failure->lost());
    EXPECT_STREQ(failure->what(), "the cloud is down");
    EXPECT_TRUE(one_->reader.down());
    // Nobody else has to find that out.
    const int calls = cloud_.calls;
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(one_->Prepare(*open, 0, 10));
    EXPECT_LE(cloud_.calls, calls + 2);
    cloud_.down = false;
    one_->loop.run_for(150ms);
    EXPECT_FALSE(one_->Prepare(*open, 0, 10));
    EXPECT_FALSE(one_->reader.down());
}

TEST_F(CloudReaderTest, RefusesWhatTakesTooLong) {
    cloud_.delay = 1500ms;
    const auto failure = one_->Prepare(*one_->reader.Open(segment_), 0, 10);
    ASSERT_TRUE(failure);
    EXPECT_THAT(failure->what(), HasSubstr("in time"));
}

TEST_F(CloudReaderTest, GoesOnWhenTheCloudIsBack) {
    const auto open = one_->reader.Open(segment_);
    EXPECT_TRUE(one_->ReadAll(*open, 0, 1000) == sound_.substr(0, 1000));
    cloud_.down = true;
    const int calls = cloud_.calls;
    std::thread healer([&] {
        cloud_.calls.wait(calls);
        cloud_.down = false;
    });
    EXPECT_TRUE(one_->ReadAll(*open, 1000, kBytes) == sound_.substr(1000));
    healer.join();
}

TEST_F(CloudReaderTest, GivesUpABodyAfterAWhile) {
    const auto open = one_->reader.Open(segment_);
    EXPECT_TRUE(one_->ReadAll(*open, 0, 1000) == sound_.substr(0, 1000));
    one_->Settle();
    cloud_.down = true;
    const std::string rest = one_->ReadAll(*open, 1000, kBytes);
    EXPECT_TRUE(rest == sound_.substr(1000, rest.size()));
    ASSERT_TRUE(one_->failure);
    EXPECT_FALSE(one_->failure->lost());
}

TEST_F(CloudReaderTest, GetsThroughConnectionsThatAreAlwaysLost) {
    cloud_.cut_read_at = 10'000;
    EXPECT_TRUE(one_->ReadAll(*one_->reader.Open(segment_), 0, kBytes) == sound_);
    EXPECT_EQ(one_->reader.counters().errors, 0U);
}

TEST_F(CloudReaderTest, KnowsWhatIsMissing) {
    cloud_.Lose(segment_.object);
    const auto failure = one_->Prepare(*one_->reader.Open(segment_), 0, 10);
    ASSERT_TRUE(failure);
    EXPECT_TRUE(failure->lost());
    EXPECT_EQ(one_->reader.lost().CauseOf(segment_.object), timeline::kMissingInCloud);
    EXPECT_FALSE(one_->reader.down());
    EXPECT_EQ(one_->reader.counters().lost, 1U);
}

TEST_F(CloudReaderTest, KnowsWhatHasChanged) {
    cloud_.Set(segment_.object, sound_ + "x");
    const auto failure = one_->Prepare(*one_->reader.Open(segment_), 0, 10);
    ASSERT_TRUE(failure);
    EXPECT_TRUE(failure->lost());
    EXPECT_EQ(one_->reader.lost().CauseOf(segment_.object), timeline::kChangedInCloud);
}

TEST_F(CloudReaderTest, StopsWhereTheRestIsMissing) {
    const auto open = one_->reader.Open(segment_);
    EXPECT_FALSE(one_->Prepare(*open, 0, 10));
    cloud_.Set(segment_.object, sound_.substr(0, 10 * kBlock + 5));
    const std::string read = one_->ReadAll(*open, 0, kBytes);
    // Less, if the end of what there is was met before all of it had come.
    EXPECT_LE(read.size(), 10 * kBlock);
    EXPECT_GE(read.size(), kBlock);
    EXPECT_TRUE(sound_.starts_with(read));
    ASSERT_TRUE(one_->failure);
    EXPECT_TRUE(one_->failure->lost());
}

TEST_F(CloudReaderTest, RefusesKeysThatAreNone) {
    for (const char* key : {"", "x", "../../etc/passwd", "0123456789ab/kpcc/streams/../x.mp3",
                            "0123456789ab/kpcc/streams/kpcc-20261120T203000Z-3f9a2c1d7e05.mp3.part",
                            "../kpcc/streams/kpcc-20261120T203000Z-3f9a2c1d7e05.mp3",
                            "0123456789ab/abcd/streams/kpcc-20261120T203000Z-3f9a2c1d7e05.mp3"}) {
        segment_.object = key;
        EXPECT_THROW(one_->reader.Open(segment_), CloudFailure) << key;
    }
}

TEST_F(CloudReaderTest, TellsThatThereIsNoRoom) {
    settings_.min_free = std::uint64_t{1} << 60;
    Reading full(layout_, cloud_, settings_);
    const auto failure = full.Prepare(*full.reader.Open(segment_), 0, 10);
    ASSERT_TRUE(failure);
    EXPECT_FALSE(failure->lost());
    EXPECT_THAT(failure->what(), HasSubstr("no room"));
}

TEST_F(CloudReaderTest, HasTheSetupOfOggFirst) {
    segment_.setup_bytes = 100;
    const auto open = one_->reader.Open(segment_);
    const std::uint64_t offset = 50 * kBlock;
    EXPECT_TRUE(one_->ReadAll(*open, offset, offset + 10) == sound_.substr(offset, 10));
    EXPECT_EQ(open->Here(0, 100), 100U);
    one_->Settle();
    EXPECT_EQ(cloud_.bytes_read, 2 * kBlock);
}

TEST_F(CloudReaderTest, EndsWhileItFetches) {
    cloud_.delay = 10s;
    EXPECT_TRUE(one_->Prepare(*one_->reader.Open(segment_), 0, 10));
    const auto begun = std::chrono::steady_clock::now();
    one_.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 2s);
}

}  // namespace
}  // namespace aircheck::webapi

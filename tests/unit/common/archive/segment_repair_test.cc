// SPDX-License-Identifier: MIT
#include "common/archive/segment_repair.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

#include "common/util/unique_fd.h"

namespace aircheck::archive {
namespace {

using namespace std::chrono_literals;
using catalog::SegmentState;

constexpr std::size_t kFrameBytes = 384;  // 128 kbit/s at 48 kHz
constexpr std::uint64_t kFrameSamples = 1152;
constexpr auto kFrameTime = 24ms;

const time::SysTime kStart = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h;

/// MPEG-1 layer III, no two alike.
std::string Frames(int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) {
        std::string frame("\xff\xfb\x94\x44", 4);
        frame += "frame " + std::to_string(i);
        frame.resize(kFrameBytes, static_cast<char>(i % 100));
        bytes += frame;
    }
    return bytes;
}

class SegmentRepair : public ::testing::Test {
protected:
    SegmentRepair() : folder_(MakeFolder()), layout_(folder_), clock_(kStart + 1h) {
        layout_.Create();
        layout_.CreateStation("kpcc");
        catalog_.emplace(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite);
    }
    ~SegmentRepair() override {
        catalog_.reset();
        std::filesystem::remove_all(folder_);
    }

    static std::filesystem::path MakeFolder() {
        std::string name = ::testing::TempDir() + "aircheck-repair-XXXXXX";
        return ::mkdtemp(name.data());
    }

    static storage::SegmentName Name(bool open, const std::string& take = "3f9a2c1d7e05",
                                     time::SysTime start = kStart) {
        return {"kpcc", start, take, audio::Codec::kMpeg, open};
    }
    static std::string Relative(const storage::SegmentName& name) {
        return storage::Layout::RelativeSegmentPath(name);
    }
    std::filesystem::path Path(const storage::SegmentName& name) const {
        return layout_.Resolve(Relative(name));
    }
    void Write(const storage::SegmentName& name, const std::string& bytes) const {
        std::ofstream(Path(name), std::ios::binary) << bytes;
    }
    std::string Read(const storage::SegmentName& name) const {
        std::ifstream file(Path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    /// What a recorder told the catalog when `frames` frames were in the file.
    std::int64_t Register(const storage::SegmentName& name, std::uint64_t frames,
                          time::Micros offset = 0us) {
        if (!catalog_->FindTake(name.take))
            catalog_->AddTake({name.take, "kpcc", "http://a", kStart, std::nullopt, ""});
        catalog::Segment segment;
        segment.station = "kpcc";
        segment.take = name.take;
        segment.path = Relative(name);
        segment.start = name.start + offset;
        segment.end = segment.start + frames * kFrameTime;
        segment.frames = frames;
        segment.bytes = frames * kFrameBytes;
        segment.samples = frames * kFrameSamples;
        segment.format = {audio::Codec::kMpeg, 1, 3, 48'000, 2};
        const std::int64_t id = catalog_->AddSegment(segment);
        if (frames > 0) {
            const catalog::SegmentProgress first{
                id,      segment.start, segment.end, segment.bytes, segment.frames, segment.samples,
                {{0, 0}}};
            catalog_->Update({&first, 1});
        }
        return id;
    }

    RepairReport Repair() { return RepairStation(layout_, *catalog_, "kpcc", clock_); }

    static void Expect(const RepairReport& report, const RepairReport& expected) {
        EXPECT_EQ(report.closed, expected.closed);
        EXPECT_EQ(report.recovered, expected.recovered);
        EXPECT_EQ(report.skipped_live, expected.skipped_live);
        EXPECT_EQ(report.unusable, expected.unusable);
    }

    /// The file and its row say the same, `frames` frames, and the take has ended.
    void ExpectFinished(const storage::SegmentName& final_name, std::uint64_t frames) {
        EXPECT_EQ(Read(final_name), Frames(static_cast<int>(frames)));
        const auto row = catalog_->FindSegment(Relative(final_name));
        ASSERT_TRUE(row);
        EXPECT_EQ(row->state, SegmentState::kClosed);
        EXPECT_EQ(row->frames, frames);
        EXPECT_EQ(row->bytes, frames * kFrameBytes);
        EXPECT_EQ(row->samples, frames * kFrameSamples);
        EXPECT_EQ(row->end - row->start, frames * kFrameTime);
        EXPECT_EQ(row->format, (audio::StreamFormat{audio::Codec::kMpeg, 1, 3, 48'000, 2}));
        const auto index = catalog_->Index(row->id);
        ASSERT_EQ(index.size(), (frames * kFrameSamples + 48'383) / 48'384);
        for (const auto& entry : index)
            EXPECT_EQ(entry.offset, entry.sample / kFrameSamples * kFrameBytes);
        const auto take = catalog_->FindTake(row->take);
        EXPECT_EQ(take->end_cause, "crash");
        EXPECT_EQ(take->ended, row->end);
    }

    std::filesystem::path folder_;
    storage::Layout layout_;
    time::ManualClock clock_;
    std::optional<catalog::Catalog> catalog_;
};

TEST_F(SegmentRepair, DoesNothingWhereNothingIsLeft) {
    Expect(Repair(), {});
    std::filesystem::remove_all(layout_.Streams("kpcc"));
    Expect(Repair(), {});
}

TEST_F(SegmentRepair, FinishesWhatTheCatalogKnows) {
    Write(Name(true), Frames(500) + Frames(1).substr(0, 100));
    Register(Name(true), 400);
    Expect(Repair(), {.closed = 1});
    EXPECT_FALSE(std::filesystem::exists(Path(Name(true))));
    ExpectFinished(Name(false), 500);
    Expect(Repair(), {});
}

TEST_F(SegmentRepair, CutsTheTornTailWhereverItIsTorn) {
    for (std::size_t torn = 0; torn < kFrameBytes; torn += torn < 10 ? 1 : 53) {
        const auto take = storage::NewTakeId();
        Write(Name(true, take), Frames(50) + Frames(51).substr(50 * kFrameBytes, torn));
        Expect(Repair(), {.recovered = 1});
        ExpectFinished(Name(false, take), 50);
    }
}

TEST_F(SegmentRepair, KeepsASingleFrame) {
    Write(Name(true), Frames(1) + "\xff");
    Expect(Repair(), {.recovered = 1});
    ExpectFinished(Name(false), 1);
}

TEST_F(SegmentRepair, ReadsFilesOfManyPieces) {
    Write(Name(true), Frames(9'000));  // 3.4 MB
    Expect(Repair(), {.recovered = 1});
    ExpectFinished(Name(false), 9'000);
}

TEST_F(SegmentRepair, ShrinksARowThatPromisesMoreThanTheDiskKept) {
    Write(Name(true), Frames(100));
    const std::int64_t id = Register(Name(true), 400);
    const catalog::SegmentProgress more{id,
                                        kStart,
                                        kStart + 400 * kFrameTime,
                                        400 * kFrameBytes,
                                        400,
                                        400 * kFrameSamples,
                                        {{300 * kFrameSamples, 300 * kFrameBytes}}};
    catalog_->Update({&more, 1});
    Expect(Repair(), {.closed = 1});
    ExpectFinished(Name(false), 100);
}

TEST_F(SegmentRepair, KeepsThePaceThatTheRecorderSaw) {
    Write(Name(true), Frames(200));
    const std::int64_t id = Register(Name(true), 100);
    // The station's clock runs slow: 100 frames took 30 ms longer.
    const catalog::SegmentProgress slow{
        id, kStart, kStart + 100 * kFrameTime + 30ms, 100 * kFrameBytes, 100, 100 * kFrameSamples,
        {}};
    catalog_->Update({&slow, 1});
    Repair();
    EXPECT_EQ(catalog_->FindSegment(id)->end, kStart + 200 * kFrameTime + 30ms);
}

TEST_F(SegmentRepair, RecoversWhatTheCatalogDoesNotKnow) {
    Write(Name(true), Frames(100));
    Write(Name(true, "3f9a2c1d7e05", kStart + 2400ms), Frames(100));
    Expect(Repair(), {.recovered = 2});
    const auto segments = catalog_->SegmentsOfTake("3f9a2c1d7e05");
    ASSERT_EQ(segments.size(), 2U);
    EXPECT_EQ(segments[0].start, kStart);
    EXPECT_EQ(segments[1].start, kStart + 2s);
    EXPECT_EQ(segments[1].sequence, 1);
    EXPECT_EQ(catalog_->FindTake("3f9a2c1d7e05")->ended, segments[1].end);
}

TEST_F(SegmentRepair, DropsABurstThatNobodyHasDated) {
    const auto undated = Name(true, "3f9a2c1d7e05", time::SysTime{});
    Write(undated, Frames(10));
    EXPECT_EQ(Repair().dropped, 1);
    EXPECT_FALSE(std::filesystem::exists(Path(undated)));
    EXPECT_TRUE(catalog_->AllSegments("kpcc").empty());
}

TEST_F(SegmentRepair, KeepsWhatTheCatalogHasDated) {
    const auto undated = Name(true, "3f9a2c1d7e05", time::SysTime{});
    Write(undated, Frames(10));
    Register(undated, 10, kStart.time_since_epoch());
    EXPECT_EQ(Repair().closed, 1);
    EXPECT_EQ(Read(Name(false)), Frames(10));
}

TEST_F(SegmentRepair, TellsOfLivingFilesThatTheCatalogDoesNotKnow) {
    const auto undated = Name(true, "3f9a2c1d7e05", time::SysTime{});
    Write(undated, Frames(10));
    util::UniqueFd recorder(::open(Path(undated).c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(::flock(recorder.get(), LOCK_EX | LOCK_NB), 0);
    EXPECT_EQ(Repair().unknown_live, 1);
    EXPECT_EQ(Read(undated), Frames(10));
    recorder.Close();
    const auto report = Repair();
    EXPECT_EQ(report.unknown_live, 0);
    EXPECT_EQ(report.dropped, 1);
}

TEST_F(SegmentRepair, LeavesALivingRecorderAlone) {
    Write(Name(true), Frames(100) + "torn");
    Register(Name(true), 100);
    util::UniqueFd fd(::open(Path(Name(true)).c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(::flock(fd.get(), LOCK_EX), 0);
    Expect(Repair(), {.skipped_live = 1});
    EXPECT_FALSE(IsAbandoned(layout_, catalog_->OpenSegments().at(0)));
    EXPECT_EQ(Read(Name(true)), Frames(100) + "torn");
    EXPECT_EQ(catalog_->OpenSegments().size(), 1U);
    EXPECT_FALSE(catalog_->FindTake("3f9a2c1d7e05")->ended);
    fd.Close();
    EXPECT_TRUE(IsAbandoned(layout_, catalog_->OpenSegments().at(0)));
    std::filesystem::remove(Path(Name(true)));
    EXPECT_FALSE(IsAbandoned(layout_, catalog_->OpenSegments().at(0)));
}

TEST_F(SegmentRepair, RemovesAnEmptyFileUnlessItsRecorderLives) {
    Write(Name(true), "");
    Register(Name(true), 0);
    util::UniqueFd recorder(::open(Path(Name(true)).c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(::flock(recorder.get(), LOCK_EX), 0);
    Expect(Repair(), {.skipped_live = 1});
    EXPECT_TRUE(std::filesystem::exists(Path(Name(true))));
    EXPECT_EQ(catalog_->OpenSegments().size(), 1U);

    recorder.Close();
    Expect(Repair(), {});
    EXPECT_FALSE(std::filesystem::exists(Path(Name(true))));
    EXPECT_TRUE(catalog_->AllSegments().empty());
}

TEST_F(SegmentRepair, LeavesWhatHoldsNoFrame) {
    const std::string text(5000, 'x');
    Write(Name(true), text);
    Register(Name(true), 3);
    Write(Name(true, "000000000001"), Frames(1).substr(0, kFrameBytes - 1));
    Expect(Repair(), {.unusable = 2});
    EXPECT_EQ(Read(Name(true)), text);
    EXPECT_EQ(Read(Name(true, "000000000001")).size(), kFrameBytes - 1);
    EXPECT_TRUE(catalog_->AllSegments().empty());
}

TEST_F(SegmentRepair, NeverWritesOverAnotherFile) {
    Write(Name(false), "somebody's");
    Write(Name(true), Frames(10));
    Expect(Repair(), {.recovered = 1});
    EXPECT_EQ(Read(Name(false)), "somebody's");
    ExpectFinished(Name(false, "3f9a2c1d7e05", kStart + 1s), 10);
}

TEST_F(SegmentRepair, IgnoresWhatIsNoSegment) {
    std::ofstream(layout_.Streams("kpcc") / "notes.part") << Frames(10);
    std::filesystem::create_directory(Path(Name(true)));
    std::filesystem::create_symlink("/dev/zero", Path(Name(true, "000000000001")));
    Write({"wxyz", kStart, "000000000002", audio::Codec::kMpeg, true}, "");
    Expect(Repair(), {.unusable = 2});
    EXPECT_TRUE(std::filesystem::exists(layout_.Streams("kpcc") / "notes.part"));
    EXPECT_TRUE(catalog_->AllSegments().empty());
}

TEST_F(SegmentRepair, GoesOnAfterADeathBetweenCutAndRename) {
    Write(Name(true), Frames(100));
    Register(Name(true), 100);
    Expect(Repair(), {.closed = 1});
    ExpectFinished(Name(false), 100);
}

TEST_F(SegmentRepair, GoesOnAfterADeathBetweenRenameAndRow) {
    // The recorder dated the file anew when it finished it.
    Write(Name(false, "3f9a2c1d7e05", kStart - 2s), Frames(100));
    Write(Name(false, "000000000001"), Frames(7));
    Register(Name(true), 60);
    Expect(Repair(), {.closed = 1});
    ExpectFinished(Name(false, "3f9a2c1d7e05", kStart - 2s), 100);
    EXPECT_EQ(catalog_->AllSegments().size(), 1U) << "a stranger's file is not taken in";
}

TEST_F(SegmentRepair, GoesOnAfterADeathBetweenRowAndRename) {
    Write(Name(true), Frames(100));
    const std::int64_t id = Register(Name(true), 100);
    const auto row = *catalog_->FindSegment(id);
    catalog_->Close({id, row.start, row.end, row.bytes, row.frames, row.samples, {}},
                    Relative(Name(false)));
    Expect(Repair(), {.closed = 1});
    ExpectFinished(Name(false), 100);
    EXPECT_EQ(catalog_->AllSegments().size(), 1U);
}

TEST_F(SegmentRepair, DoesNotTakeAFinishedNeighboursRow) {
    Write(Name(false), Frames(3));
    const std::int64_t id = Register(Name(false), 3);
    const auto row = *catalog_->FindSegment(id);
    catalog_->Close({id, row.start, row.end, row.bytes, row.frames, row.samples, {}},
                    Relative(Name(false)));
    Write(Name(true), Frames(5));  // began within the same second
    Expect(Repair(), {.recovered = 1});
    EXPECT_EQ(catalog_->FindSegment(id)->frames, 3U);
    ExpectFinished(Name(false, "3f9a2c1d7e05", kStart + 1s), 5);
}

TEST_F(SegmentRepair, ForgetsAnOpenRowWhoseFileIsGone) {
    const std::int64_t young = Register(Name(true, "000000000001", clock_.Now() - 1s), 3);
    const std::int64_t old = Register(Name(true), 3);
    Expect(Repair(), {});
    EXPECT_FALSE(catalog_->FindSegment(old));
    EXPECT_TRUE(catalog_->FindSegment(young));
    EXPECT_EQ(catalog_->FindTake("3f9a2c1d7e05")->end_cause, "crash");
}

TEST_F(SegmentRepair, EndsATakeWhoseSegmentsAreAllClosed) {
    const std::int64_t id = Register(Name(false), 100);
    const auto row = *catalog_->FindSegment(id);
    catalog_->Close({id, row.start, row.end, row.bytes, row.frames, row.samples, {}}, row.path);
    clock_ = time::ManualClock(row.end + 5s);
    Repair();
    EXPECT_FALSE(catalog_->FindTake("3f9a2c1d7e05")->ended) << "may be about to begin a segment";
    clock_.Advance(1min);
    Repair();
    EXPECT_EQ(catalog_->FindTake("3f9a2c1d7e05")->ended, row.end);
}

TEST_F(SegmentRepair, MayBeKilledAtAnyInstant) {
    constexpr int kSegments = 60;
    for (int i = 0; i < kSegments; ++i) {
        const auto name = Name(true, storage::NewTakeId(), kStart + i * 1min);
        Write(name, Frames(40) + "torn");
        if (i % 2 == 0) Register(name, 30);
    }
    catalog_.reset();
    int killed = 0;
    for (auto patience = 200us;; patience += 200us) {
        const pid_t child = ::fork();
        if (child == 0) {
            catalog::Catalog catalog(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite);
            RepairStation(layout_, catalog, "kpcc", clock_);
            ::_exit(0);
        }
        ::usleep(static_cast<useconds_t>(patience.count()));
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        if (WIFEXITED(status)) break;
        ++killed;
    }
    EXPECT_GT(killed, 0);
    catalog_.emplace(layout_.Catalog(), catalog::Catalog::Mode::kReadWrite);
    const auto segments = catalog_->AllSegments("kpcc");
    EXPECT_EQ(segments.size(), static_cast<std::size_t>(kSegments));
    for (const auto& segment : segments) {
        const auto name =
            storage::ParseSegmentName(std::filesystem::path(segment.path).filename().string());
        ASSERT_TRUE(name);
        ExpectFinished(*name, 40);
    }
    EXPECT_TRUE(catalog_->OpenSegments().empty());
    EXPECT_TRUE(catalog_->UnendedTakes("kpcc").empty());
}

}  // namespace
}  // namespace aircheck::archive

// SPDX-License-Identifier: MIT
// The catalog between several processes and threads, and files that are not what they should be.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/catalog/schema.h"
#include "common/catalog/sqlite.h"

namespace aircheck::catalog {
namespace {

using namespace std::chrono_literals;

const time::SysTime kNoon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 12h;

class SharedCatalog : public ::testing::Test {
protected:
    SharedCatalog() {
        std::string name = ::testing::TempDir() + "aircheck-catalog-XXXXXX";
        folder_ = ::mkdtemp(name.data());
        path_ = folder_ / "catalog.db";
    }
    ~SharedCatalog() override { std::filesystem::remove_all(folder_); }

    Catalog Open(Catalog::Mode mode = Catalog::Mode::kReadWrite) const { return {path_, mode}; }

    /// What opening it says; "" if it opens.
    std::string Complaint(Catalog::Mode mode) const {
        try {
            Open(mode);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }

    /// Takes and segments `name`-0 to `name`-(count - 1), one transaction each.
    static void Record(Catalog& catalog, const std::string& name, int count) {
        for (int i = 0; i < count; ++i) {
            const std::string id = name + "-" + std::to_string(i);
            catalog.AddTake({id, name, "", kNoon, std::nullopt, ""});
            Segment segment{.station = name, .take = id, .path = id};
            segment.id = catalog.AddSegment(segment);
            const SegmentProgress progress{segment.id, kNoon, kNoon + 1s, 1, 1, 1, {{0, 0}}};
            catalog.Close(progress, id + ".mp3");
        }
    }

    std::filesystem::path folder_;
    std::filesystem::path path_;
};

TEST_F(SharedCatalog, SeveralProcessesStartAndWriteAtOnce) {
    constexpr int kProcesses = 4;
    constexpr int kRows = 50;
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            try {
                Catalog catalog = Open();
                Record(catalog, "s" + std::to_string(i), kRows);
                ::_exit(0);
            } catch (const std::exception& error) {
                fprintf(stderr, "%s\n", error.what());
                ::_exit(1);
            }
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(Open(Catalog::Mode::kReadOnly).AllSegments().size(),
              static_cast<std::size_t>(kProcesses * kRows));
}

TEST_F(SharedCatalog, ManyOpenANewFileAtOnce) {
    for (int round = 0; round < 10; ++round) {
        std::atomic<int> opened = 0;
        {
            std::vector<std::jthread> starters;
            for (int i = 0; i < 8; ++i)
                starters.emplace_back([&, i] {
                    try {
                        Open(i < 6 ? Catalog::Mode::kReadWrite : Catalog::Mode::kReadOnly);
                        ++opened;
                    } catch (const std::runtime_error& error) {
                        if (i < 6) ADD_FAILURE() << error.what();
                    }
                });
        }
        EXPECT_GE(opened, 6);
        std::filesystem::remove(path_);
    }
}

TEST_F(SharedCatalog, AReaderSeesWholeTransactionsOnly) {
    Catalog writer = Open();
    writer.AddTake({"a", "kpcc", "", kNoon, std::nullopt, ""});
    std::vector<SegmentProgress> progress(20);
    for (auto& p : progress) {
        p.id = writer.AddSegment(
            {.station = "kpcc", .take = "a", .path = std::to_string(&p - progress.data())});
    }
    std::atomic<bool> done = false;
    std::jthread reading([&] {
        const Catalog reader = Open(Catalog::Mode::kReadOnly);
        std::uint64_t last = 0;
        while (!done) {
            const auto segments = reader.AllSegments("kpcc");
            for (const Segment& segment : segments)
                if (segment.bytes != segments.front().bytes) ADD_FAILURE() << "torn";
            EXPECT_GE(segments.front().bytes, last);
            last = segments.front().bytes;
        }
    });
    for (std::uint64_t round = 1; round <= 300; ++round) {
        for (auto& p : progress) p.bytes = round;
        writer.Update(progress);
    }
    done = true;
}

TEST_F(SharedCatalog, WaitsForAnotherWriter) {
    Catalog catalog = Open();
    Database other(path_.string(), Database::Mode::kReadWrite);
    std::optional<Transaction> transaction(other);
    std::atomic<bool> done = false;
    std::jthread writing([&] {
        catalog.SetValue("a", "b");
        done = true;
    });
    // Somebody who waits for less sees that it is locked still.
    Catalog impatient(path_, Catalog::Mode::kReadWrite, 20ms);
    EXPECT_THROW(impatient.SetValue("c", "d"), SqliteError);
    EXPECT_FALSE(done);
    transaction.reset();
    writing.join();
    EXPECT_EQ(catalog.Value("a"), "b");
}

TEST_F(SharedCatalog, AReaderDoesNotWaitForAWriter) {
    const Catalog catalog = Open();
    Database other(path_.string(), Database::Mode::kReadWrite);
    Transaction transaction(other);
    other.Execute("INSERT INTO kv VALUES ('a', 'b')");
    EXPECT_FALSE(catalog.Value("a"));
    transaction.Commit();
    EXPECT_EQ(catalog.Value("a"), "b");
}

TEST_F(SharedCatalog, AWriterKilledOutrightLeavesWholeTransactions) {
    Open();
    const pid_t child = ::fork();
    if (child == 0) {
        Catalog catalog = Open();
        Record(catalog, "kpcc", 1'000'000);
        ::_exit(0);
    }
    const Catalog reader = Open(Catalog::Mode::kReadOnly);
    while (reader.AllSegments("kpcc").size() < 20) std::this_thread::yield();
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);

    Catalog catalog = Open();
    const auto segments = catalog.AllSegments("kpcc");
    for (const Segment& segment : segments) {
        const bool closed = segment.state == SegmentState::kClosed;
        EXPECT_EQ(closed, segment.path.ends_with(".mp3"));
        EXPECT_EQ(closed, segment.bytes == 1);
        EXPECT_EQ(closed, catalog.Index(segment.id).size() == 1);
    }
    catalog.SetValue("still", "usable");
}

TEST_F(SharedCatalog, AReaderNeedsAFile) {
    const std::string complaint = Complaint(Catalog::Mode::kReadOnly);
    EXPECT_NE(complaint.find(path_.string()), std::string::npos) << complaint;
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(SharedCatalog, AReaderRefusesAFileInTheMaking) {
    std::ofstream(path_).flush();
    EXPECT_NE(Complaint(Catalog::Mode::kReadOnly).find("being made"), std::string::npos);
    EXPECT_EQ(Complaint(Catalog::Mode::kReadWrite), "");
    EXPECT_EQ(Complaint(Catalog::Mode::kReadOnly), "");
}

TEST_F(SharedCatalog, NamesAFileThatIsNoDatabase) {
    std::ofstream(path_) << std::string(10'000, 'x');
    for (const auto mode : {Catalog::Mode::kReadWrite, Catalog::Mode::kReadOnly}) {
        const std::string complaint = Complaint(mode);
        EXPECT_NE(complaint.find(path_.string()), std::string::npos) << complaint;
        EXPECT_NE(complaint.find("not a database"), std::string::npos) << complaint;
    }
}

TEST_F(SharedCatalog, NamesAFileThatIsDamaged) {
    {
        Catalog catalog = Open();
        Record(catalog, "kpcc", 200);
    }
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(200'000, 'x');
    file.close();
    try {
        Catalog catalog = Open();
        catalog.AllSegments();
        FAIL() << "read a damaged file";
    } catch (const SqliteError& error) {
        EXPECT_NE(std::string(error.what()).find(path_.string()), std::string::npos);
        EXPECT_EQ(error.code() & 0xff, SQLITE_CORRUPT);
    }
}

TEST_F(SharedCatalog, LeavesOtherPeoplesDatabasesAlone) {
    Database(path_.string(), Database::Mode::kReadWrite).Execute("CREATE TABLE bookmarks(url)");
    EXPECT_NE(Complaint(Catalog::Mode::kReadWrite).find("not an Aircheck catalog"),
              std::string::npos);
}

TEST_F(SharedCatalog, RefusesAFileOfANewerProgram) {
    Open();
    Database(path_.string(), Database::Mode::kReadWrite).Execute("PRAGMA user_version = 1000");
    for (const auto mode : {Catalog::Mode::kReadWrite, Catalog::Mode::kReadOnly})
        EXPECT_NE(Complaint(mode).find("newer Aircheck"), std::string::npos);
}

TEST_F(SharedCatalog, AReaderCannotWrite) {
    Open();
    Catalog reader = Open(Catalog::Mode::kReadOnly);
    EXPECT_THROW(reader.SetValue("a", "b"), SqliteError);
}

}  // namespace
}  // namespace aircheck::catalog

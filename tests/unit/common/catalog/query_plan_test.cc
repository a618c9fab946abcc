// SPDX-License-Identifier: MIT
// Every statement of the catalog finds its rows through an index.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/catalog/title_match.h"

namespace aircheck::catalog {
namespace {

using namespace std::chrono_literals;

/// The connection that was opened last: SQLite tells this to each new one.
sqlite3*& LastConnection() {
    static sqlite3* handle = nullptr;
    return handle;
}

int Remember(sqlite3* handle, char** /*error*/, const sqlite3_api_routines* /*api*/) {
    LastConnection() = handle;
    return SQLITE_OK;
}

std::vector<std::string> Plan(sqlite3* handle, const std::string& sql) {
    std::vector<std::string> lines;
    sqlite3_stmt* statement = nullptr;
    const std::string explain = "EXPLAIN QUERY PLAN " + sql;
    EXPECT_EQ(sqlite3_prepare_v2(handle, explain.c_str(), -1, &statement, nullptr), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        lines.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3)));
    sqlite3_finalize(statement);
    return lines;
}

/// All that a catalog can do, so that each of its statements has been prepared.
void UseEverything(Catalog& catalog) {
    const time::SysTime now{};
    catalog.AddTake({"a", "kpcc", "", now, std::nullopt, ""});
    const std::int64_t id =
        catalog.AddSegment({.station = "kpcc", .take = "a", .path = "kpcc/streams/a"});
    const SegmentProgress progress{id, now, now, 1, 1, 1, {{0, 0}}};
    catalog.Update({&progress, 1});
    catalog.Close(progress, "x");
    catalog.CloseMeasured(progress, "x");
    catalog.AddTitle({"kpcc", now, "a", "t", ""});
    catalog.AddTake({"b", "kpcc", "", now, std::nullopt, ""});
    catalog.SetMarks(id, {});
    catalog.AddSplice({.older = "a", .newer = "b", .at = now});
    catalog.AddFailure("kpcc", {now, "dns"});
    catalog.ForgetFailures("kpcc", now);
    (void)catalog.Marks(id);
    (void)catalog.TailOfTake("a");
    (void)catalog.SplicesInto("b");
    (void)catalog.TakesEndedSince(now);
    (void)catalog.FailuresBetween("kpcc", now, now);
    catalog.EndTake("a", now, "stopped");
    catalog.SetValue("a", "b");
    (void)catalog.FindSegment(id);
    (void)catalog.FindSegment("x");
    (void)catalog.SegmentsBetween("kpcc", now, now);
    (void)catalog.AllSegments("kpcc");
    (void)catalog.OpenSegments();
    (void)catalog.OpenSegments("kpcc");
    (void)catalog.SegmentBefore("kpcc", now);
    (void)catalog.SegmentAfter("kpcc", now);
    (void)catalog.FindIndexEntry(id, 0);
    (void)catalog.Index(id);
    (void)catalog.FindTake("a");
    (void)catalog.UnendedTakes("kpcc");
    (void)catalog.SegmentsOfTake("a");
    (void)catalog.TitlesBetween("kpcc", now, now);
    (void)catalog.TitlesBefore("kpcc", now, {now, 1}, 1);
    (void)catalog.OtherTitleAfter("kpcc", {now, 1}, "t");
    (void)catalog.TitlesBefore(1, 1);
    (void)catalog.SearchTitles(TitleMatch("a b", "kpcc"), 1, 1);
    (void)catalog.ClosedBefore("kpcc", now);
    (void)catalog.OldestClosed("", 1);
    (void)catalog.OldestClosed("kpcc", 1);
    (void)catalog.UnsavedBefore("kpcc", now);
    (void)catalog.OldestSaved("", 1);
    (void)catalog.OldestSaved("kpcc", 1);
    (void)catalog.SavedBefore("kpcc", now);
    (void)catalog.UnsavedBytesBefore("kpcc", now);
    (void)catalog.FindObject("x");
    (void)catalog.SetObject(id, "x");
    (void)catalog.SetUploaded(id);
    (void)catalog.RemovalsBetween("kpcc", now, now);
    catalog.ForgetRemovals("kpcc", now);
    const SegmentLevels levels{id, 0, {1}, true};
    catalog.SetLevels({&levels, 1});
    (void)catalog.Heard(id);
    (void)catalog.Unheard(1);
    (void)catalog.Levels(id, 0, 1);
    (void)catalog.LevelCount(id);
    (void)catalog.Outline(id);
    (void)catalog.Value("a");
    catalog.RemoveSegment(*catalog.FindSegment(id), RemovalCause::kAge);
    catalog.RemoveSegment({.station = "kpcc"}, RemovalCause::kMaxDisk);
    catalog.RemoveSegment(id);
}

TEST(QueryPlan, NothingIsSearchedForRowByRow) {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(Remember));
    std::string name = ::testing::TempDir() + "aircheck-plan-XXXXXX";
    const std::filesystem::path folder = ::mkdtemp(name.data());
    {
        Catalog catalog(folder / "catalog.db", Catalog::Mode::kReadWrite);
        UseEverything(catalog);

        int statements = 0;
        for (sqlite3_stmt* statement = nullptr;
             (statement = sqlite3_next_stmt(LastConnection(), statement)) != nullptr;) {
            const std::string sql = sqlite3_sql(statement);
            // FTS5's own, for when it makes an index anew.
            if (sql.starts_with("SELECT T.")) continue;
            for (const std::string& line : Plan(LastConnection(), sql)) {
                // The words of titles: by word, the latest first, which an index has at hand.
                const bool by_word = line.find("VIRTUAL TABLE INDEX") != std::string::npos &&
                                     sql.find(" MATCH ") != std::string::npos;
                // What is open is few, and an index of its own; it is meant to be read whole.
                const bool whole_index =
                    line.find("USING INDEX segment_open") != std::string::npos ||
                    line.find("USING INDEX segment_closed") != std::string::npos ||
                    line.find("USING INDEX segment_unheard") != std::string::npos;
                EXPECT_TRUE(line.find("SCAN") == std::string::npos || whole_index || by_word ||
                            line == "SCAN CONSTANT ROW")
                    << line << "\n  " << sql;
                EXPECT_EQ(line.find("TEMP B-TREE"), std::string::npos) << line << "\n  " << sql;
            }
            ++statements;
        }
        EXPECT_GT(statements, 25);
    }
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(Remember));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace aircheck::catalog

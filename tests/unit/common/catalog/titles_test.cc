// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/catalog/schema.h"
#include "common/catalog/sqlite.h"
#include "common/catalog/title_match.h"
#include "tests/unit/common/catalog/catalog_fixture.h"
#include "tests/unit/common/catalog/old_catalog.h"

namespace aircheck::catalog {
namespace {

class TitlesTest : public CatalogTest {
protected:
    void Say(const std::string& title, int second, const std::string& take = "a",
             const std::string& station = "kpcc") {
        if (!catalog_->FindTake(take)) AddTake(take, station);
        catalog_->AddTitle({station, kNoon + second * 1s, take, title, ""});
    }

    std::vector<std::string> Find(std::string_view words, std::string_view station = "") {
        std::vector<std::string> found;
        for (const Title& title :
             catalog_->SearchTitles(TitleMatch(words, station), Catalog::kNoLimit, 100))
            found.push_back(title.title);
        return found;
    }

    using Texts = std::vector<std::string>;
};

TEST_F(TitlesTest, AreListedTheLastOneFirst) {
    for (int second = 0; second < 5; ++second) Say(std::to_string(second), second);
    Say("4 too", 4);
    Say("elsewhere", 3, "x", "kcrw");
    const TitlePlace end{kNoon + 1h, 0};
    const auto page = catalog_->TitlesBefore("kpcc", kNoon + 1s, end, 3);
    ASSERT_EQ(page.size(), 3u);
    EXPECT_EQ(page[0].title, "4 too");
    EXPECT_EQ(page[1].title, "4");
    EXPECT_EQ(page[2].title, "3");
    const auto next = catalog_->TitlesBefore("kpcc", kNoon + 1s, {page[1].at, page[1].id}, 100);
    ASSERT_EQ(next.size(), 3u);
    EXPECT_EQ(next[0].title, "3");
    EXPECT_EQ(next[2].title, "1");
    EXPECT_EQ(catalog_->TitlesBefore(page[0].id + 2, 1)[0].title, "elsewhere");

    EXPECT_EQ(catalog_->OtherTitleAfter("kpcc", {next[2].at, next[2].id}, "2")->title, "3");
    EXPECT_FALSE(catalog_->OtherTitleAfter("kpcc", {page[0].at, page[0].id}, "x"));
}

TEST_F(TitlesTest, AreFoundByTheirWords) {
    Say("Björk – Jóga", 0);
    Say("AC/DC - Don't Stop", 1);
    Say("ΑΘΗΝΑ, Ёлка", 2);
    Say("Björk – Hunter", 3, "x", "kcrw");
    EXPECT_EQ(Find("bjork"), (Texts{"Björk – Hunter", "Björk – Jóga"}));
    EXPECT_EQ(Find("bjork", "kpcc"), Texts{"Björk – Jóga"});
    EXPECT_EQ(Find("BJÖRK  jo"), Texts{"Björk – Jóga"});
    EXPECT_EQ(Find("jo bjork"), Texts{});  // only the last one may be a beginning
    EXPECT_EQ(Find("d"), Texts{"AC/DC - Don't Stop"});
    EXPECT_EQ(Find("do"), Texts{"AC/DC - Don't Stop"});
    EXPECT_EQ(Find("ac/dc+don't"), Texts{"AC/DC - Don't Stop"});
    EXPECT_EQ(Find("dc/ac"), Texts{});
    EXPECT_EQ(Find("αθηνα ёлк"), Texts{"ΑΘΗΝΑ, Ёлка"});
    EXPECT_EQ(Find("kpcc"), Texts{});  // stations are no titles
}

TEST_F(TitlesTest, NothingThatIsLookedForIsAnOperator) {
    Say("a OR b NEAR NOT AND", 0);
    for (const char* words :
         {"a OR b", "NOT", "AND AND", "NEAR(a b)", "a*b*", "title : a", "^a", "-a", "{title} : a",
          "a\" OR \"x", "\"\"\"a", "(a", "a)", "a' --", "a; DROP TABLE title"})
        EXPECT_NO_THROW(Find(words)) << words;
    EXPECT_EQ(Find("a OR b"), Texts{"a OR b NEAR NOT AND"});
    EXPECT_EQ(Find("x OR b"), Texts{});
    EXPECT_EQ(Find("\"a"), Texts{"a OR b NEAR NOT AND"});
    EXPECT_EQ(Find("—"), Texts{});
    EXPECT_EQ(Find("— b", "kpcc").size() + Find("b —").size(), 2u);
    EXPECT_EQ(Find(std::string("a\0b", 3)).size(), 1u);
    for (const char* nothing : {"", "  ", "\"", "***", "-+-", "()"})
        EXPECT_EQ(TitleMatch(nothing, "kpcc"), "") << nothing;
    std::string long_one;
    for (int i = 0; i < 50'000; ++i) long_one += "a ";
    EXPECT_EQ(Find(long_one).size(), 1u);
    EXPECT_EQ(Find(std::string(100'000, 'a')), Texts{});
}

TEST_F(TitlesTest, WordsGoWithTheirTitles) {
    Say("gone", 0);
    Say("stays", 0, "b");
    const Segment segment = AddClosed(MakeSegment("a", 0, kNoon));
    catalog_->EndTake("a", kNoon + 1s, "stopped");
    catalog_->RemoveSegment(segment.id);
    EXPECT_EQ(Find("gone"), Texts{});
    EXPECT_EQ(Find("stays"), Texts{"stays"});
    EXPECT_NO_THROW(Database(path_.string(), Database::Mode::kReadWrite)
                        .Execute("INSERT INTO title_search(title_search, rank) "
                                 "VALUES ('integrity-check', 1)"));
}

TEST_F(TitlesTest, WordsAreMadeAnew) {
    Say("found", 0);
    Database database(path_.string(), Database::Mode::kReadWrite);
    database.Execute("INSERT INTO title_search(title_search) VALUES ('delete-all')");
    EXPECT_EQ(Find("found"), Texts{});
    catalog_->RebuildTitleSearch();
    EXPECT_EQ(Find("found"), Texts{"found"});
}

TEST_F(TitlesTest, AnOlderCatalogGetsTheWordsOfWhatItHas) {
    const auto path = MakeOldCatalog(folder_);
    Database(path.string(), Database::Mode::kReadWrite)
        .Execute(
            "DROP TRIGGER title_inserted; DROP TRIGGER title_updated;"
            "DROP TRIGGER title_deleted; DROP TABLE title_search; PRAGMA user_version = 2;");
    catalog_.emplace(path, Catalog::Mode::kReadWrite);
    EXPECT_EQ(Find("quiet"), Texts{"It's Oh So Quiet"});
    Say("newer", 1, "b");
    EXPECT_EQ(Find("newer"), Texts{"newer"});
}

}  // namespace
}  // namespace aircheck::catalog

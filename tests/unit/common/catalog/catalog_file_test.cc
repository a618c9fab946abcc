// SPDX-License-Identifier: MIT
#include "common/catalog/catalog_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "common/catalog/sqlite.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::catalog {
namespace {

class CatalogFileTest : public testing::Test {
protected:
    /// Names in the folder that begin so.
    std::vector<std::string> Names(const std::string& prefix) const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
            if (const auto name = entry.path().filename().string(); name.starts_with(prefix))
                names.push_back(name);
        return names;
    }

    void Spoil() const { std::ofstream(path_) << std::string(10'000, 'x'); }

    test::TempFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "catalog.db";
    CatalogFile file_{path_, Catalog::Mode::kReadWrite};
};

TEST_F(CatalogFileTest, OpensOnce) {
    file_.Get().SetValue("a", "b");
    EXPECT_EQ(file_.Get().Value("a"), "b");
    EXPECT_EQ(file_.opened(), 1);
}

TEST_F(CatalogFileTest, WritesToTheFileThatIsThereNow) {
    file_.Get().SetValue("a", "old");
    for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(path_.string() + part);
    file_.Get().SetValue("a", "new");
    EXPECT_EQ(file_.opened(), 2);
    EXPECT_EQ(Catalog(path_, Catalog::Mode::kReadOnly).Value("a"), "new");
}

TEST_F(CatalogFileTest, KeepsTheLogOfALostCatalogAwayFromTheNextOne) {
    file_.Get().SetValue("a", "old");
    std::filesystem::remove(path_);
    EXPECT_FALSE(file_.Get().Value("a"));
    EXPECT_FALSE(Names("catalog.db.lost-").empty());
}

TEST_F(CatalogFileTest, SetsABrokenFileAside) {
    Spoil();
    try {
        file_.Get();
        FAIL() << "opened it";
    } catch (const SqliteError& error) {
        EXPECT_TRUE(IsBroken(error));
        const auto aside = file_.Failed(error);
        ASSERT_TRUE(aside);
        EXPECT_EQ(std::filesystem::file_size(*aside), 10'000U);
    }
    EXPECT_EQ(Names("catalog.db.corrupt-").size(), 1U);
    EXPECT_TRUE(file_.Get().AllSegments().empty());
}

TEST_F(CatalogFileTest, LeavesTheFileThatAnotherProcessHasMadeAlone) {
    Spoil();
    CatalogFile slower(path_, Catalog::Mode::kReadWrite);
    EXPECT_THROW(slower.Get(), SqliteError);
    try {
        file_.Get();
    } catch (const SqliteError& error) {
        EXPECT_TRUE(file_.Failed(error));
        file_.Get().SetValue("a", "b");
        EXPECT_FALSE(slower.Failed(error));
    }
    EXPECT_EQ(slower.Get().Value("a"), "b");
    EXPECT_EQ(Names("catalog.db.corrupt-").size(), 1U);
}

TEST_F(CatalogFileTest, LeavesALockedFileAlone) {
    file_.Get();
    EXPECT_FALSE(file_.Failed(SqliteError(SQLITE_BUSY, "locked")));
    EXPECT_EQ(file_.opened(), 1);
    file_.Get();
    EXPECT_EQ(file_.opened(), 1);
    EXPECT_TRUE(Names("catalog.db.").empty());
}

TEST_F(CatalogFileTest, LeavesTheDatabaseOfSomethingElseAlone) {
    Database(path_.string(), Database::Mode::kReadWrite).Execute("CREATE TABLE bookmarks(url)");
    try {
        file_.Get();
        FAIL() << "opened it";
    } catch (const std::runtime_error& error) {
        EXPECT_FALSE(file_.Failed(error));
    }
    EXPECT_TRUE(Names("catalog.db.").empty());
}

}  // namespace
}  // namespace aircheck::catalog

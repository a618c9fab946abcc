// SPDX-License-Identifier: MIT
#include "webapi/listening/open_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <string>

#include "tests/unit/support/temp_folder.h"

namespace aircheck::webapi {
namespace {

class OpenFilesTest : public testing::Test {
protected:
    std::string Write(const std::string& name, const std::string& text) {
        const auto path = folder_.path() / name;
        std::ofstream(path, std::ios::trunc) << text;
        return path.string();
    }

    static std::string Read(const SharedFile& file) {
        std::string text(100, '\0');
        const ssize_t got = ::pread(file->get(), text.data(), text.size(), 0);
        text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return text;
    }

    test::TempFolder folder_;
    OpenFiles files_;
};

TEST_F(OpenFilesTest, OpensEachOnce) {
    const std::string path = Write("a", "sound");
    const SharedFile one = files_.Open(path, 5);
    EXPECT_EQ(Read(one), "sound");
    EXPECT_EQ(files_.Open(path, 5), one);
    EXPECT_EQ(files_.Share(util::UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC))), one);
}

TEST_F(OpenFilesTest, KnowsAFileThatWasRenamed) {
    const std::string path = Write("a", "sound");
    const SharedFile one = files_.Open(path, 5);
    std::filesystem::rename(path, path + "b");
    EXPECT_EQ(files_.Open(path, 5), nullptr);
    EXPECT_EQ(files_.Open(path + "b", 5), one);
}

TEST_F(OpenFilesTest, DoesNotTakeAnotherFileForIt) {
    const std::string path = Write("a", "sound");
    const SharedFile one = files_.Open(path, 5);
    std::filesystem::rename(Write("b", "other"), path);
    EXPECT_EQ(Read(files_.Open(path, 5)), "other");
    EXPECT_EQ(Read(one), "sound");
}

TEST_F(OpenFilesTest, LetsGoOfWhatNobodyAsksForAnyMore) {
    const std::string path = Write("a", "sound");
    const std::weak_ptr<const util::UniqueFd> one = files_.Open(path, 5);
    files_.LetGo();
    EXPECT_EQ(files_.Open(path, 5), one.lock());
    files_.LetGo();
    EXPECT_FALSE(one.expired());
    files_.LetGo();
    EXPECT_TRUE(one.expired());
    EXPECT_EQ(Read(files_.Open(path, 5)), "sound");
}

TEST_F(OpenFilesTest, TakesNothingThatIsShorterOrNoFile) {
    const std::string path = Write("a", "sound");
    EXPECT_EQ(files_.Open(path, 6), nullptr);
    const SharedFile one = files_.Open(path, 5);
    EXPECT_EQ(files_.Open(path, 6), nullptr);
    std::filesystem::create_symlink(path, path + "-link");
    EXPECT_EQ(files_.Open(path + "-link", 5), nullptr);
    EXPECT_EQ(files_.Open(folder_.path().string(), 0), nullptr);
    EXPECT_EQ(files_.Open(path + "-none", 0), nullptr);
}

}  // namespace
}  // namespace aircheck::webapi

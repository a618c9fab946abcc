// SPDX-License-Identifier: MIT
#include "common/storage/clock_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "tests/unit/support/temp_folder.h"

namespace aircheck::storage {
namespace {

class ClockFileTest : public testing::Test {
protected:
    std::string Written() const {
        std::ifstream stream(file_);
        std::string line;
        std::getline(stream, line);
        return line;
    }

    void Write(const std::string& text) const { std::ofstream(file_) << text; }

    test::TempFolder folder_;
    std::filesystem::path file_ = folder_.path() / "clock";
};

TEST_F(ClockFileTest, SaysWhatThisProcessGoesBy) {
    WriteClockFile(file_);
    const auto offset = ReadClockFile(file_);
    ASSERT_TRUE(offset);
    EXPECT_LT(std::chrono::abs(*offset - time::UtcOffset()), std::chrono::seconds{1});
}

TEST_F(ClockFileTest, TellsNothingOfAnotherBootOrWhenItIsOld) {
    WriteClockFile(file_);
    const std::string boot = Written().substr(0, Written().find(' '));
    const auto now = time::SinceBoot().count();
    const auto line = [&](const std::string& id, std::int64_t written) {
        return id + ' ' + std::to_string(written) + " 42\n";
    };
    Write(line(boot, now));
    EXPECT_EQ(ReadClockFile(file_), time::Micros{42});
    for (const std::string& text :
         {line("another", now), line(boot, now - 301'000'000), line(boot, now + 60'000'000),
          boot + " 1", boot + " x y\n", std::string(), std::string("\0\xff", 2)}) {
        Write(text);
        EXPECT_FALSE(ReadClockFile(file_)) << text;
    }
}

TEST_F(ClockFileTest, NeedsAFolder) {
    EXPECT_FALSE(ReadClockFile(folder_.path() / "none" / "clock"));
    EXPECT_THROW(WriteClockFile(folder_.path() / "none" / "clock"), std::system_error);
}

}  // namespace
}  // namespace aircheck::storage

// SPDX-License-Identifier: MIT
#include "common/cloud/digest.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "common/util/unique_fd.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::cloud {
namespace {

util::UniqueFd FileOf(const test::TempFolder& folder, const std::string& text) {
    util::UniqueFd file(
        ::open((folder.path() / "file").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    EXPECT_EQ(::write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    return file;
}

// FIPS 180-2, appendix B.
TEST(Sha256, OfTheStandardsExamples) {
    EXPECT_EQ(Hex(Sha256Of("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(Hex(Sha256Of("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 1321, A.5; in pieces, and again with the same object.
TEST(Md5, OfTheStandardsExamples) {
    Hasher<Md5> hasher;
    for (int round = 0; round < 2; ++round) {
        for (const std::string_view piece : {"message", "", " ", "digest"})
            hasher.Add(std::as_bytes(std::span(piece)));
        EXPECT_EQ(Hex(hasher.Finish()), "f96b697d7cb7938d525a2f31aaf161d0");
    }
}

// RFC 4231, 4.3.
TEST(HmacSha256, OfTheStandardsExample) {
    EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Sha256OfFile, ReadsFromTheStartWhereverItIsPositioned) {
    const test::TempFolder folder;
    const auto text = std::string(700'000, 'x') + "tail";
    const auto file = FileOf(folder, text);
    EXPECT_EQ(Sha256Of(file.get(), text.size()), Sha256Of(text));
    EXPECT_EQ(Sha256Of(file.get(), 3), Sha256Of("xxx"));
    EXPECT_EQ(Sha256Of(file.get(), 0), Sha256Of(""));
}

TEST(Sha256OfFile, RefusesAFileThatIsShorter) {
    const test::TempFolder folder;
    const auto file = FileOf(folder, "abc");
    EXPECT_THROW(Sha256Of(file.get(), 4), std::runtime_error);
}

}  // namespace
}  // namespace aircheck::cloud

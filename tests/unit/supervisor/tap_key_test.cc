// SPDX-License-Identifier: MIT
#include "supervisor/tap_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/support/temp_folder.h"

namespace aircheck::supervisor {
namespace {

using testing::HasSubstr;

// The pair of ZeroMQ's own documentation.
const std::string kPublic = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
const std::string kSecret = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";
const std::string kPair = "public = " + kPublic + "\nsecret = " + kSecret + "\n";

std::string Wrong(const std::string& text) {
    try {
        ParseTapKey(text);
        return "";
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

TEST(TapKey, IsReadWithItsClients) {
    const std::string other = "#" + kPublic.substr(1);  // a key may look like a comment
    const auto key = ParseTapKey("# server\n\n" + kPair + "client=" + other +
                                 "   # the attic\r\n\tclient = " + kPublic + "\n");
    EXPECT_EQ(key, (TapKey{kPublic, kSecret, {other, kPublic}}));
}

TEST(TapKey, IsMadeFresh) {
    const auto key = NewTapKey();
    EXPECT_TRUE(IsKey(key.public_key));
    EXPECT_EQ(ParseTapKey("public=" + key.public_key + "\nsecret=" + key.secret_key), key);
    EXPECT_NE(NewTapKey(), key);
}

TEST(TapKey, SaysWhatIsWrongInWhichLine) {
    EXPECT_THAT(Wrong(""), HasSubstr("expected a line each of public = KEY and secret = KEY"));
    EXPECT_THAT(Wrong("public = " + kPublic), HasSubstr("expected a line each"));
    EXPECT_THAT(Wrong(kPair + "nonsense"), HasSubstr("line 3: expected public, secret or client"));
    EXPECT_THAT(Wrong("colour = " + kPublic), HasSubstr("line 1: expected public, secret or"));
    EXPECT_THAT(Wrong("public = abc"), HasSubstr("line 1: expected a key of 40 characters"));
    EXPECT_THAT(Wrong("public = " + kPublic.substr(1) + "~"), HasSubstr("40 characters"));
    EXPECT_THAT(Wrong("\nclient = " + kPublic + " attic"), HasSubstr("line 2: expected nothing"));
    EXPECT_THAT(Wrong(kPair + kPair), HasSubstr("line 3: given twice"));
    EXPECT_THAT(Wrong("public = " + kSecret + "\nsecret = " + kSecret),
                HasSubstr("the public key is not that of the secret key"));
}

TEST(TapKey, NamesTheFileThatCannotBeRead) {
    const test::TempFolder folder;
    const auto file = folder.path() / "key";
    EXPECT_THROW(ReadTapKey(file), std::runtime_error);
    std::ofstream(file) << kPair;
    EXPECT_EQ(ReadTapKey(file).public_key, kPublic);
    std::ofstream(file) << "?";
    try {
        ReadTapKey(file);
        ADD_FAILURE();
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr(file.string() + ": line 1: "));
    }
}

}  // namespace
}  // namespace aircheck::supervisor

// SPDX-License-Identifier: MIT
#include "tests/unit/support/fake_store.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "common/util/unique_fd.h"
#include "tests/unit/support/temp_folder.h"

namespace aircheck::cloud {
namespace {

using Kind = CloudError::Kind;

class FakeStoreTest : public testing::Test {
protected:
    ObjectInfo Put(const std::string& key, const std::string& body) {
        const util::UniqueFd file(::open((folder_.path() / "file").c_str(),
                                         O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600));
        EXPECT_EQ(::write(file.get(), body.data(), body.size()), static_cast<ssize_t>(body.size()));
        return store_.Put(key, file.get(), body.size(), DigestsOf(file.get(), 0, body.size()));
    }

    std::string Read(const std::string& key, std::uint64_t offset, std::uint64_t size) {
        store_.Read(key, offset, size, [this](std::span<const std::byte> data) {
            got_.append(reinterpret_cast<const char*>(data.data()), data.size());
        });
        return std::exchange(got_, {});
    }

    template <typename Call>
    static std::optional<Kind> KindOf(Call call) {
        try {
            call();
            return std::nullopt;
        } catch (const CloudError& error) {
            return error.kind();
        }
    }

    test::TempFolder folder_;
    test::FakeCloud cloud_;
    test::FakeStore store_{cloud_};
    std::string got_;
};

TEST_F(FakeStoreTest, KeepsObjects) {
    const auto info = Put("a/b", "sound");
    EXPECT_EQ(info.bytes, 5u);
    EXPECT_EQ(store_.Find("a/b"), info);
    EXPECT_EQ(Read("a/b", 1, 3), "oun");
    EXPECT_TRUE(store_.Matches("a/b", 5, Sha256Of("sound")));
    EXPECT_FALSE(store_.Matches("a/b", 5, Sha256Of("noise")));
    Put("c/d", "");
    std::vector<std::string> keys;
    store_.List("a/", [&](const ObjectInfo& each) {
        keys.push_back(each.key);
        return true;
    });
    EXPECT_EQ(keys, std::vector<std::string>{"a/b"});
    store_.Remove("a/b");
    store_.Remove("a/b");
    EXPECT_EQ(store_.Find("a/b"), std::nullopt);
    EXPECT_EQ(KindOf([&] { Read("a/b", 0, 1); }), Kind::kMissing);
}

TEST_F(FakeStoreTest, PutsOnConditionOnce) {
    const auto first = store_.PutIf("lease", "one", std::nullopt);
    ASSERT_TRUE(first);
    EXPECT_FALSE(store_.PutIf("lease", "two", std::nullopt));
    EXPECT_TRUE(store_.PutIf("lease", "two", first->etag));
    EXPECT_FALSE(store_.PutIf("lease", "three", first->etag));
    EXPECT_EQ(cloud_.Get("lease"), "two");
}

TEST_F(FakeStoreTest, IsDownAsTold) {
    Put("a", "sound");
    cloud_.down = true;
    EXPECT_EQ(KindOf([&] { Put("b", "sound"); }), Kind::kDown);
    EXPECT_EQ(KindOf([&] { store_.Find("a"); }), Kind::kDown);
    cloud_.down = false;
    cloud_.cut_put_at = 2;
    EXPECT_EQ(KindOf([&] { Put("b", "sound"); }), Kind::kDown);
    EXPECT_EQ(cloud_.Get("b"), std::nullopt);
    cloud_.cut_read_at = 2;
    EXPECT_EQ(KindOf([&] { Read("a", 0, 5); }), Kind::kDown);
    EXPECT_EQ(got_, "so");
}

TEST_F(FakeStoreTest, LosesAndChangesObjects) {
    const auto before = Put("a", "sound");
    cloud_.Set("a", "sou");
    EXPECT_NE(store_.Find("a")->etag, before.etag);
    EXPECT_EQ(KindOf([&] { Read("a", 0, 5); }), Kind::kChanged);
    cloud_.Lose("a");
    EXPECT_EQ(store_.Find("a"), std::nullopt);
}

TEST_F(FakeStoreTest, StopsASlowCallWhenToldToQuit) {
    std::atomic<bool> quit = true;
    test::FakeStore store(cloud_, &quit);
    cloud_.delay = std::chrono::hours{1};
    EXPECT_EQ(KindOf([&] { store.Find("a"); }), Kind::kStopped);
}

}  // namespace
}  // namespace aircheck::cloud

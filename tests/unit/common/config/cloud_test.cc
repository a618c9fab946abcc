// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/config/cloud.h"
#include "common/config/config.h"

namespace aircheck::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CloudSection : public testing::Test {
protected:
    void SetUp() override {
        for (const auto* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                 "AIRCHECK_CLOUD_BUCKET", "AIRCHECK_CLOUD_SECRET_ACCESS_KEY"}) {
            unsetenv(name);
        }
        std::string pattern = testing::TempDir() + "cloud-XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }

    void TearDown() override { std::filesystem::remove_all(folder_); }

    LoadResult ParseCloud(const std::string& section) const {
        return Parse("storage: /r\nstations: {a: http://h/}\ncloud: " + section + "\n",
                     folder_ / "aircheck.yaml");
    }

    std::vector<std::string> Wrong(const std::string& section) const {
        std::vector<std::string> texts;
        for (const auto& problem : ParseCloud(section).problems) texts.push_back(problem.Text());
        return texts;
    }

    void Write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
    }

    std::filesystem::path folder_;
};

TEST_F(CloudSection, TakesEachService) {
    EXPECT_THAT(Wrong("{service: s3, endpoint: 'https://s3.example.org', bucket: b, region: r, "
                      "access_key_id: a, secret_access_key: s}"),
                IsEmpty());
    EXPECT_THAT(Wrong("{service: azure, account: a, container: c, sas: 'sv=1&sig=x'}"), IsEmpty());
    EXPECT_THAT(Wrong("{service: sftp, host: h, port: 22, user: u, password: p, path: /x}"),
                IsEmpty());
    const auto sftp =
        ParseCloud("{service: sftp, host: h, user: u, key_file: id_rsa, known_hosts: /k}");
    ASSERT_TRUE(sftp.ok());
    EXPECT_EQ(sftp.config.cloud->options.at("key_file"), (folder_ / "id_rsa").string());
    EXPECT_EQ(sftp.config.cloud->options.at("known_hosts"), "/k");
    EXPECT_EQ(DiskRetention(sftp.config, sftp.config.stations[0]), std::chrono::seconds(103680));
}

TEST_F(CloudSection, SaysWhoLooksAfterItAndHowFast) {
    const std::string sftp = "{service: sftp, host: h, user: u, password: p";
    const auto plain = ParseCloud(sftp + "}");
    ASSERT_TRUE(plain.ok());
    EXPECT_FALSE(IsOfficial(*plain.config.cloud));
    EXPECT_EQ(LeaseTime(*plain.config.cloud), std::chrono::hours(72));
    EXPECT_EQ(Bandwidth(*plain.config.cloud), 0U);
    const auto set = ParseCloud(sftp + ", official: true, lease: 1d, bandwidth: 500K}");
    ASSERT_TRUE(set.ok());
    EXPECT_TRUE(IsOfficial(*set.config.cloud));
    EXPECT_EQ(LeaseTime(*set.config.cloud), std::chrono::hours(24));
    EXPECT_EQ(Bandwidth(*set.config.cloud), 500U * 1024);
    EXPECT_THAT(Wrong(sftp + ", official: maybe, lease: 5s, bandwidth: fast}"),
                ElementsAre(HasSubstr("cloud.official: expected yes or no"),
                            HasSubstr("cloud.lease: expected a duration of at least a minute"),
                            HasSubstr("cloud.bandwidth: expected bytes a second")));
}

TEST_F(CloudSection, NamesWhatIsMissingOrUnknown) {
    EXPECT_THAT(Wrong("{service: s3}"),
                Contains(HasSubstr("3:1: cloud: s3 needs \"secret_access_key\", here, in the file "
                                   "named by \"secret_access_key_file\" or in the environment as "
                                   "AIRCHECK_CLOUD_SECRET_ACCESS_KEY")));
    EXPECT_THAT(Wrong("{service: azure, account: a, container: c}"),
                ElementsAre(HasSubstr("azure needs \"key\" or \"sas\"")));
    EXPECT_THAT(Wrong("{service: sftp, host: h, user: u}"),
                ElementsAre(HasSubstr("sftp needs \"key_file\" or \"password\"")));
    EXPECT_THAT(Wrong("{service: sftp, host: h, user: u, password: p, port: 70000}"),
                ElementsAre(HasSubstr("cloud.port: expected a port")));
    EXPECT_THAT(Wrong("{service: sftp, host: h, user: u, password: p, hots: x}"),
                ElementsAre(HasSubstr("cloud.hots: unknown key; did you mean \"host\"?")));
    EXPECT_THAT(Wrong("{service: s3, bucket_file: x}"), Contains(HasSubstr("unknown key")));
    EXPECT_THAT(Wrong("{bucket: x}"), ElementsAre(HasSubstr("missing: \"service\"")));
}

TEST_F(CloudSection, ReadsSecretsFromFiles) {
    Write("secret", "  s3cr3t\n");
    const std::string open =
        "{service: s3, endpoint: 'https://h', bucket: b, access_key_id: a, "
        "secret_access_key_file: ";
    const auto result = ParseCloud(open + "secret}");
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result.config.cloud->options.at("secret_access_key"), "s3cr3t");

    Write("two", "a\nb\n");
    Write("empty", "\n");
    EXPECT_THAT(Wrong(open + "two}"), ElementsAre(HasSubstr("one line")));
    EXPECT_THAT(Wrong(open + "empty}"), ElementsAre(HasSubstr("one line")));
    EXPECT_THAT(Wrong(open + "nowhere}"), ElementsAre(HasSubstr("No such file")));
    EXPECT_THAT(Wrong(open + "secret, secret_access_key: x}"), ElementsAre(HasSubstr("not both")));
}

TEST_F(CloudSection, EnvironmentFillsWhatTheFileLeavesOut) {
    setenv("AWS_ACCESS_KEY_ID", "from-aws", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "from-aws", 1);
    setenv("AIRCHECK_CLOUD_SECRET_ACCESS_KEY", "from-aircheck", 1);
    setenv("AIRCHECK_CLOUD_BUCKET", "unused", 1);
    const auto result = ParseCloud("{service: s3, endpoint: 'https://h', bucket: b}");
    ASSERT_TRUE(result.ok());
    const auto& options = result.config.cloud->options;
    EXPECT_EQ(options.at("access_key_id"), "from-aws");
    EXPECT_EQ(options.at("secret_access_key"), "from-aircheck");
    EXPECT_EQ(options.at("bucket"), "b");
}

TEST_F(CloudSection, SecretsAreInNoMessageAndNoDescription) {
    const auto result = Parse(R"(storage: /r
password: hush1
headers: {Authorization: Bearer hush2, Cookie: a=hush3, Accept: audio/mpeg}
cloud: {service: azure, account: radio, container: c, key: hush4, sas: hush5}
stations:
  a:
    stream: ['https://me:hush6@h/live?quality=hi&token=hush7', 'http://h/']
    password: hush8
    headers: {X-Api-Key: hush9}
  b: 'http://me:hush10@h:bad/'
)",
                              folder_ / "aircheck.yaml");
    ASSERT_EQ(result.problems.size(), 1u);
    EXPECT_THAT(result.problems[0].Text(), Not(HasSubstr("hush")));
    const auto described = Describe(result.config);
    for (const auto& [key, value] : described) EXPECT_THAT(value, Not(HasSubstr("hush"))) << key;
    EXPECT_EQ(described.at("storage"), "/r");
    EXPECT_EQ(described.at("cascade_time"), "15m");
    EXPECT_EQ(described.at("password"), "(hidden)");
    EXPECT_EQ(described.at("headers"),
              "Accept: audio/mpeg, Authorization: (hidden), Cookie: (hidden)");
    EXPECT_EQ(described.at("cloud.account"), "radio");
    EXPECT_EQ(described.at("cloud.key"), "(hidden)");
    EXPECT_EQ(described.at("stations.a.stream"),
              "https://(hidden)@h/live?quality=hi&token=(hidden), http://h/");
    EXPECT_FALSE(described.contains("stations.a.cascade_time"));
}

}  // namespace
}  // namespace aircheck::config

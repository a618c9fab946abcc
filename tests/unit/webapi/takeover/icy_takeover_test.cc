// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/webapi/listening/icy_stream.h"
#include "tests/unit/webapi/takeover/takeover_fixture.h"

namespace aircheck::webapi {
namespace {

class IcyTakeoverTest : public TakeoverFixture {
protected:
    IcyTakeoverTest() {
        // Of any length; the longest fill a block.
        for (int i = 0; i < 1700; ++i) {
            const std::string title = std::to_string(i) + std::string(i * 37 % 4000, 'x');
            recording_.catalog().AddTitle(
                {"kpcc", start_ + time::Micros{i * 700'000}, "00000000000a", title, ""});
        }
    }

    std::string Request(int from) const { return Head(Live("kpcc", from), "Icy-MetaData: 1\r\n"); }
};

TEST_F(IcyTakeoverTest, TitlesStayAtTheirBytes) {
    // They take little at a time, so that each is somewhere else: within sound, or within a block.
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 40; ++i) {
        clients.push_back(std::make_unique<SlowClient>(port_));
        clients.back()->Send(Request(100));
        clients.back()->Receive(static_cast<std::size_t>(3000 + 1000 * i));
    }
    HandAllOver(40);
    const std::string all = FakeFrames(0, kSegments * kFrames);
    for (const auto& client : clients) {
        const std::string answer = client->Receive(240'000);
        EXPECT_EQ(HeaderOf(answer, "icy-metaint"), "16000");
        EXPECT_EQ(HeaderOf(answer, "icy-br"), "128");
        const IcyStream stream(BodyOf(answer));
        const std::size_t at = all.find(stream.sound);
        ASSERT_NE(at, std::string::npos);
        ASSERT_GE(stream.blocks.size(), 9U);
        int last = 0;
        for (std::size_t i = 0; i < stream.blocks.size(); ++i) {
            // A second after the other, and so are the titles, but for rounding.
            ASSERT_NE(stream.blocks[i], "-");
            const int number = std::stoi(stream.blocks[i]);
            EXPECT_NEAR(number, (101 + static_cast<double>(i)) / 0.7, 1.5);
            EXPECT_EQ(stream.blocks[i].size(),
                      std::to_string(number).size() + static_cast<std::size_t>(number * 37 % 4000));
            EXPECT_GT(number, last);
            last = number;
        }
    }
}

TEST_F(IcyTakeoverTest, WhoDoesNotAskGetsTheBareSound) {
    Client plain(port_);
    plain.Send(Head(Live("kpcc", 100)));
    const std::string answer = plain.Receive(100'000);
    EXPECT_EQ(HeaderOf(answer, "icy-metaint"), "");
    EXPECT_NE(FakeFrames(0, kSegments * kFrames).find(BodyOf(answer)), std::string::npos);
    Client ogg(port_);
    ogg.Send(Head(Live("opus", 55), "Icy-MetaData: 1\r\n"));
    EXPECT_EQ(HeaderOf(ogg.Receive(1000), "icy-metaint"), "");
}

}  // namespace
}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "common/audio/air_clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace aircheck::audio {
namespace {

using namespace std::chrono_literals;
using time::Micros;
using time::SteadyTime;
using time::SysTime;

constexpr SysTime kConnect{1'800'000'000s};
constexpr SteadyTime kConnectSteady{5000h};

double Seconds(Micros duration) {
    return std::chrono::duration<double>(duration).count();
}
Micros FromSeconds(double seconds) {
    return Micros{std::llround(seconds * 1e6)};
}

/// A station, a line and a take of it: at `t` seconds after the connection began, the sound up to
/// (burst + t) / (1 + drift) has been on the air.
struct Simulation {
    double burst = 0;    // s of older sound at hand on connect
    double drift = 0;    // s of real time that a second of sound takes, above 1
    double block = 0.1;  // s of sound that arrive together
    double jitter = 0;   // mean delay of a block
    double rate = 0;     // s of sound a second at which the burst comes in; 0: at once

    AirClock clock{kConnect, kConnectSteady};
    std::mt19937 random{7};
    double sound = 0;    // delivered so far
    double arrival = 0;  // of the last block

    SysTime Truth(double media) const {
        return kConnect + FromSeconds(media * (1 + drift) - burst);
    }

    void Step() {
        sound += block;
        double due = sound * (1 + drift) - burst;
        if (jitter > 0) due += std::exponential_distribution<>(1 / jitter)(random);
        if (rate > 0) due = std::max(due, sound / rate);
        arrival = std::max({arrival, due, 0.0});
        clock.Observe(kConnectSteady + FromSeconds(arrival), FromSeconds(sound));
    }

    double Began() const {
        return std::chrono::duration<double>(clock.Began() - kConnectSteady).count();
    }

    double ErrorAt(double media) const {
        return Seconds(clock.At(FromSeconds(media)) - Truth(media));
    }
};

TEST(AirClock, BeforeAnythingCameTheTakeBeginsNow) {
    const AirClock clock(kConnect, kConnectSteady);
    EXPECT_EQ(clock.At(0s), kConnect);
    EXPECT_EQ(clock.At(10s), kConnect + 10s);
    EXPECT_TRUE(clock.Settling());
}

TEST(AirClock, SeesThroughBursts) {
    // No burst, 64 KiB and 512 KiB at 128 kbit/s.
    for (const double burst : {0.0, 4.096, 32.768}) {
        Simulation take{.burst = burst, .jitter = 0.03};
        while (take.arrival < 120) {
            take.Step();
            if (take.sound < burst + 1) continue;
            EXPECT_NEAR(take.ErrorAt(0), 0, 0.05) << burst;
        }
        EXPECT_FALSE(take.clock.Settling());
    }
}

TEST(AirClock, WaitsForABurstOnASlowLine) {
    // 32.8 s of sound at three times the speed of the broadcast: 16 s until all is here.
    Simulation take{.burst = 32.768, .rate = 3};
    while (take.arrival < 15) take.Step();
    EXPECT_TRUE(take.clock.Settling());
    while (take.arrival < 25) take.Step();
    EXPECT_FALSE(take.clock.Settling());
    EXPECT_NEAR(take.ErrorAt(0), 0, 0.05);
}

TEST(AirClock, SettlesAtLastOnALineThatNeverCatchesUp) {
    Simulation take{.burst = 1000, .rate = 1.5};
    while (take.arrival < Seconds(AirClock::kMaxSettle)) take.Step();
    EXPECT_FALSE(take.clock.Settling());
}

TEST(AirClock, SettlesInFiveSecondsOnAGoodLine) {
    Simulation take{.burst = 4.096};
    while (take.arrival < 6) take.Step();
    EXPECT_FALSE(take.clock.Settling());
}

TEST(AirClock, TellsWhenTwoTakesBeganByTheirLatestArrivals) {
    // Of one station; later its server falls behind by a second.
    Simulation older{.burst = 4, .drift = 100e-6, .jitter = 0.02};
    Simulation newer{.burst = 2, .drift = 100e-6, .jitter = 0.02};
    while (older.arrival < 7200) older.Step();
    while (newer.arrival < 60) newer.Step();
    const double by_now = -4 + 7200 * 100e-6;
    EXPECT_NEAR(older.Began(), by_now, 0.05);
    EXPECT_NEAR(newer.Began(), -2, 0.05);

    older.burst -= 1;
    for (double until = older.arrival + 180; older.arrival < until;) older.Step();
    EXPECT_NEAR(older.Began(), by_now + 1 + 180 * 100e-6, 0.05);
}

TEST(AirClock, FollowsDriftForHours) {
    for (const double drift : {-200e-6, -50e-6, 0.0, 50e-6, 200e-6}) {
        for (const double block : {0.1, 1.0}) {
            Simulation take{.burst = 4.096, .drift = drift, .block = block, .jitter = 0.05};
            double worst = 0;
            while (take.arrival < 6 * 3600) {
                take.Step();
                if (!take.clock.Settling())
                    worst = std::max(worst, std::abs(take.ErrorAt(take.sound)));
            }
            EXPECT_LT(worst, 0.05) << drift << " " << block;
        }
    }
}

/// Reconnects with bursts of all sizes, a line that jitters, and a server that pauses and then
/// sends all at once what it owes.
TEST(AirClock, StaysRightForAWeekOnAnySampleClock) {
    constexpr double kWeek = 7 * 86400;
    for (const double drift : {-200e-6, -150e-6, 150e-6, 200e-6}) {
        std::mt19937 random{11};
        std::uniform_real_distribution<> evenly;
        double worst = 0;
        for (double begun = 0; begun < kWeek;) {
            Simulation take{.burst = 33 * evenly(random), .drift = drift, .jitter = 0.1};
            take.block = 0.5;
            take.random.seed(random());
            const double lasts = std::min(kWeek - begun, 40 * 3600 * evenly(random));
            double pause = 3600 * evenly(random);
            while (take.arrival < lasts) {
                if (take.arrival > pause) {
                    take.arrival += 20 * evenly(random);
                    pause = take.arrival + 3600 * evenly(random);
                }
                take.Step();
                if (!take.clock.Settling())
                    worst = std::max(worst, std::abs(take.ErrorAt(take.sound)));
            }
            begun += lasts;
        }
        EXPECT_LT(worst, 0.1) << drift;
    }
}

TEST(AirClock, NeverStepsAndNeverChangesWhatItSaid) {
    Simulation take{.burst = 4.096, .drift = 200e-6, .jitter = 0.3};
    struct Said {
        double media;
        SysTime at;
    };
    std::vector<Said> said;
    while (take.arrival < 2 * 3600) {
        // A minute without a byte, and then all of it at once.
        if (take.sound > 3600 && take.sound < 3600.15) take.arrival += 60;
        take.Step();
        if (take.clock.Settling()) continue;
        said.push_back({take.sound, take.clock.At(FromSeconds(take.sound))});
    }
    ASSERT_GT(said.size(), 1000u);
    for (std::size_t i = 1; i < said.size(); ++i) {
        const double sound = said[i].media - said[i - 1].media;
        const double air = Seconds(said[i].at - said[i - 1].at);
        ASSERT_GT(air, 0);
        ASSERT_LE(std::abs(air - sound), sound * AirClock::kMaxSlew + 2e-6) << said[i].media;
    }
    for (const Said& one : said) {
        if (one.media < take.sound - 3600) continue;
        ASSERT_EQ(take.clock.At(FromSeconds(one.media)), one.at) << one.media;
    }
}

TEST(AirClock, IsMonotonicInSound) {
    Simulation take{.drift = -150e-6, .jitter = 0.2};
    while (take.arrival < 1800) take.Step();
    SysTime last = take.clock.At(-1s);
    for (Micros media{-500ms}; media < 1900s; media += 137ms) {
        const SysTime at = take.clock.At(media);
        ASSERT_GT(at, last);
        last = at;
    }
}

TEST(AirClock, ALongSilenceOnTheLineDoesNotBendIt) {
    Simulation take{.burst = 4.096, .jitter = 0.02};
    while (take.arrival < 1000) take.Step();
    take.arrival += 600;
    while (take.arrival < 3000) take.Step();
    EXPECT_NEAR(take.ErrorAt(take.sound), 0, 0.05);
}

TEST(AirClock, OlderThanItsMemoryIsOffByMillisecondsAtMost) {
    Simulation take{.burst = 4.096, .drift = 100e-6, .jitter = 0.3};
    while (take.arrival < 24 * 3600) take.Step();
    EXPECT_NEAR(take.ErrorAt(take.sound - 2 * 3600), 0, 0.1);
    EXPECT_LT(take.clock.At(0s), take.clock.At(1s));
}

TEST(AirClock, ArrivalsBeforeTheFirstAreTakenAsTheFirst) {
    AirClock clock(kConnect, kConnectSteady);
    clock.Observe(kConnectSteady - 10s, 1s);
    EXPECT_EQ(clock.At(0s), kConnect - 1s);
}

}  // namespace
}  // namespace aircheck::audio

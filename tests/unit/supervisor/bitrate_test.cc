// SPDX-License-Identifier: MIT
#include "supervisor/bitrate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace aircheck::supervisor {
namespace {

constexpr double kBurst = 65536;

/// A station as the heartbeats show it: a burst, then an even flow that the recorder writes in
/// gulps out of step with the beats, which themselves come a little early or late.
class Broadcast {
public:
    Broadcast(double bytes_per_second, double gulp, unsigned seed)
        : rate_(bytes_per_second), gulp_(gulp), random_(seed) {}

    std::uint64_t BytesAt(double t) const {
        const double sent = kBurst + rate_ * t;
        return static_cast<std::uint64_t>(std::floor(sent / (rate_ * gulp_)) * rate_ * gulp_);
    }
    double Jitter() { return std::uniform_real_distribution<double>(-0.03, 0.03)(random_); }

private:
    double rate_;
    double gulp_;
    std::mt19937 random_;
};

/// Every bitrate that was announced in a minute and a half.
std::vector<int> Announced(double bytes_per_second, double gulp, unsigned seed) {
    Broadcast broadcast(bytes_per_second, gulp, seed);
    BitrateEstimator estimator;
    std::vector<int> announced;
    for (int second = 0; second < 90; ++second) {
        const double at = 100 + second + broadcast.Jitter();
        const auto kbps = estimator.OnBeat("3f9a2c1d7e05", at, broadcast.BytesAt(at - 100 + 0.5));
        if (kbps) announced.push_back(*kbps);
    }
    return announced;
}

TEST(BitrateEstimator, FindsCommonRatesThroughGulpsAndJitter) {
    for (const int kbps : {24, 48, 64, 96, 128, 192, 256, 320}) {
        for (const double gulp : {0.05, 0.4, 0.9, 1.0}) {
            for (unsigned seed = 1; seed <= 10; ++seed) {
                SCOPED_TRACE(std::to_string(kbps) + " kbit/s, gulps of " + std::to_string(gulp));
                const auto announced = Announced(kbps * 125, gulp, seed);
                ASSERT_FALSE(announced.empty());
                EXPECT_EQ(announced.back(), kbps);
                EXPECT_EQ(announced.size(), 1u);
            }
        }
    }
}

TEST(BitrateEstimator, ForgivesASampleClockThatIsOff) {
    EXPECT_EQ(Announced(8000 * 1.04, 0.4, 1).back(), 64);
    EXPECT_EQ(Announced(8000 * 0.96, 0.4, 1).back(), 64);
    EXPECT_EQ(Announced(16000 * 1.025, 0.4, 1).back(), 128);
    EXPECT_EQ(Announced(16000 * 0.975, 0.4, 1).back(), 128);
}

TEST(BitrateEstimator, SaysNothingInTheFirstSixteenSeconds) {
    BitrateEstimator estimator;
    for (int second = 0; second < 16; ++second) {
        EXPECT_FALSE(estimator.OnBeat("a", second + 1, 65536 + 16000 * second)) << second;
    }
    EXPECT_EQ(estimator.OnBeat("a", 17, 65536 + 16000 * 16), 128);
    EXPECT_EQ(estimator.kbps(), 128);
}

TEST(BitrateEstimator, AnotherTakeThatDisagreesReplacesIt) {
    BitrateEstimator estimator;
    std::uint64_t total = 0;
    double at = 1;
    for (int i = 0; i < 40; ++i) estimator.OnBeat("a", at++, total += 16000);
    EXPECT_EQ(estimator.kbps(), 128);
    int changes = 0;
    for (int i = 0; i < 40; ++i) changes += estimator.OnBeat("b", at++, total += 8000) ? 1 : 0;
    EXPECT_EQ(estimator.kbps(), 64);
    EXPECT_EQ(changes, 1);
}

TEST(BitrateEstimator, AnotherTakeThatAgreesIsNoNews) {
    BitrateEstimator estimator;
    std::uint64_t total = 0;
    double at = 1;
    for (int i = 0; i < 40; ++i) estimator.OnBeat("a", at++, total += 16000);
    for (int i = 0; i < 90; ++i) EXPECT_FALSE(estimator.OnBeat("b", at++, total += 16000));
}

TEST(BitrateEstimator, AProcessThatBeganAnewIsNotMixedUpWithTheOneBefore) {
    BitrateEstimator estimator;
    std::uint64_t total = 1'000'000;
    for (int i = 0; i < 12; ++i) estimator.OnBeat("a", 500 + i, total += 16000);
    total = 0;
    for (int i = 1; i < 30; ++i) estimator.OnBeat("a", i, total += 16000);
    EXPECT_EQ(estimator.kbps(), 128);
}

TEST(BitrateEstimator, InterruptionBeginsTheMeasureAnew) {
    BitrateEstimator estimator;
    std::uint64_t total = 0;
    double at = 1;
    for (int i = 0; i < 14; ++i) estimator.OnBeat("a", at++, total += 16000);
    estimator.Interrupt();
    at += 20;
    total += 65536;
    for (int i = 0; i < 16; ++i) EXPECT_FALSE(estimator.OnBeat("a", at++, total += 16000));
    EXPECT_EQ(estimator.OnBeat("a", at++, total += 16000), 128);
}

TEST(BitrateEstimator, SilenceIsNoBitrate) {
    BitrateEstimator estimator;
    for (int i = 1; i < 90; ++i) EXPECT_FALSE(estimator.OnBeat("a", i, 65536));
    EXPECT_EQ(estimator.kbps(), 0);
}

}  // namespace
}  // namespace aircheck::supervisor

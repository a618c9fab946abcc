// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "common/cloud/error.h"
#include "common/time/clock.h"

namespace aircheck::pruner {

/// Whether the cloud works, and when it is tried again if it does not: sooner at first, later and
/// later, and never exactly when others do. One thread.
class CloudState {
public:
    static constexpr std::chrono::seconds kFirstRetry{5};
    static constexpr std::chrono::seconds kLongestRetry{600};
    static constexpr std::chrono::seconds kRefusedRetry{60};  // somebody has to do something first

    /// `random`: from [0, 1). `clock` outlives this.
    CloudState(const time::Clock& clock, std::string name, std::function<double()> random);

    /// The first call since it did not work is logged.
    void Worked();

    /// Logged if it is news.
    void Failed(const cloud::CloudError& error);

    /// How long it shall be left alone.
    std::chrono::milliseconds Wait() const;
    void TryNow() { next_ = {}; }

    bool works() const { return !since_; }
    const char* word() const;
    const std::string& error() const { return error_; }
    std::optional<time::SysTime> since() const { return since_; }

private:
    const time::Clock& clock_;
    const std::string name_;
    const std::function<double()> random_;
    std::optional<time::SysTime> since_;  // when it ceased to work
    bool refused_ = false;
    std::string error_;
    int failures_ = 0;
    time::SteadyTime next_{};
};

}  // namespace aircheck::pruner

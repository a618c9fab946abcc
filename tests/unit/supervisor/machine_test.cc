// SPDX-License-Identifier: MIT
#include "supervisor/machine.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace aircheck::supervisor {
namespace {

using namespace std::chrono_literals;
using S = WorkerState;
using I = WorkerInput;

/// Writes down what the machine does.
class RecordingHost final : public WorkerHost {
public:
    bool Spawn() noexcept override {
        Add("spawn");
        return can_spawn;
    }
    void AskToStop() noexcept override { Add("ask"); }
    void AskToRetire() noexcept override { Add("retire"); }
    void SetAside(bool hung) noexcept override { Add(hung ? "aside hung" : "aside"); }
    void EndFormer() noexcept override { Add("end former"); }
    void Kill() noexcept override { Add("kill"); }
    void SetTimer(Millis after) override { Add("timer " + std::to_string(after.count())); }
    void CancelTimer() override { Add("cancel"); }
    void Report(WorkerChange change, std::optional<Millis>) override {
        static const std::vector<std::string> kWords{"STARTED", "UNSTARTED", "READY",  "DIED",
                                                     "HUNG",    "STARVED",   "KILLED", "OVERDUE",
                                                     "STOPPED", "FAILED"};
        Add(kWords.at(static_cast<std::size_t>(change)));
    }

    bool can_spawn = true;
    std::string log;

private:
    void Add(const std::string& what) { log += (log.empty() ? "" : ", ") + what; }
};

struct Bench {
    Bench() : machine(host, clock, {}, Backoff([] { return 0.0; }, 1)) {}

    void Reach(S state) {
        switch (state) {
            case S::kStopped:
                break;
            case S::kStarted:
                Feed({I::kStart});
                break;
            case S::kReady:
                Feed({I::kStart, I::kReady});
                break;
            case S::kWaiting:
                Feed({I::kStart, I::kDied, I::kDied});
                break;
            case S::kLast:
                Feed({I::kStart, I::kReady, I::kWindDown});
                break;
            case S::kStopping:
                Feed({I::kStart, I::kReady, I::kStop});
                break;
            case S::kFailed:
                Feed({I::kStart, I::kRefused});
                break;
        }
        ASSERT_EQ(machine.state(), state);
        host.log.clear();
    }
    void Feed(const std::vector<I>& inputs) {
        for (const I input : inputs) machine.Handle(input);
    }

    time::ManualClock clock{time::SysTime{}};
    RecordingHost host;
    WorkerMachine machine;
};

struct Cell {
    S from;
    I input;
    S to;
    std::string does;
};

// Every cell; those left out of a state's list must change and do nothing.
const std::vector<Cell> kCells{
    {S::kStopped, I::kStart, S::kStarted, "spawn, timer 15000, STARTED"},

    {S::kStarted, I::kSpawned, S::kStarted, "timer 15000, STARTED"},
    {S::kStarted, I::kSpawnFailed, S::kWaiting, "timer 50, UNSTARTED"},
    {S::kStarted, I::kReady, S::kReady, "READY, end former"},
    {S::kStarted, I::kBeat, S::kStarted, "timer 14000"},
    {S::kStarted, I::kDied, S::kStarted, "spawn, DIED, timer 15000, STARTED"},
    {S::kStarted, I::kRefused, S::kFailed, "cancel, FAILED"},
    {S::kStarted, I::kTimeout, S::kStarted, "HUNG, aside hung, spawn, timer 15000, STARTED"},
    {S::kStarted, I::kReplace, S::kStarted, "aside, spawn, timer 15000, STARTED"},
    {S::kStarted, I::kRetire, S::kLast, "retire"},
    {S::kStarted, I::kWindDown, S::kLast, ""},
    {S::kStarted, I::kStop, S::kStopping, "ask, timer 25000"},
    {S::kStarted, I::kKill, S::kStopping, "kill, timer 5000"},

    {S::kReady, I::kBeat, S::kReady, "timer 14000"},
    {S::kReady, I::kDied, S::kStarted, "spawn, DIED, timer 15000, STARTED"},
    {S::kReady, I::kRefused, S::kFailed, "cancel, FAILED"},
    {S::kReady, I::kTimeout, S::kStarted, "HUNG, aside hung, spawn, timer 15000, STARTED"},
    {S::kReady, I::kStarved, S::kStarted, "STARVED, aside hung, spawn, timer 15000, STARTED"},
    {S::kReady, I::kReplace, S::kStarted, "aside, spawn, timer 15000, STARTED"},
    {S::kReady, I::kRetire, S::kLast, "retire"},
    {S::kReady, I::kWindDown, S::kLast, ""},
    {S::kReady, I::kStop, S::kStopping, "ask, timer 25000"},
    {S::kReady, I::kKill, S::kStopping, "kill, timer 5000"},

    {S::kWaiting, I::kStart, S::kStarted, "spawn, timer 15000, STARTED"},
    {S::kWaiting, I::kTimeout, S::kStarted, "spawn, timer 15000, STARTED"},
    {S::kWaiting, I::kReplace, S::kStarted, "spawn, timer 15000, STARTED"},
    {S::kWaiting, I::kWindDown, S::kStopped, "cancel, STOPPED"},
    {S::kWaiting, I::kRetire, S::kStopped, "cancel, STOPPED"},
    {S::kWaiting, I::kStop, S::kStopped, "cancel, STOPPED"},
    {S::kWaiting, I::kKill, S::kStopped, "cancel, STOPPED"},

    {S::kLast, I::kBeat, S::kLast, "timer 14000"},
    {S::kLast, I::kDied, S::kStopped, "cancel, STOPPED"},
    {S::kLast, I::kRefused, S::kStopped, "cancel, STOPPED"},
    {S::kLast, I::kTimeout, S::kLast, "kill, timer 5000, KILLED"},
    {S::kLast, I::kRetire, S::kLast, "retire"},
    {S::kLast, I::kStop, S::kStopping, "ask, timer 25000"},
    {S::kLast, I::kKill, S::kStopping, "kill, timer 5000"},

    {S::kStopping, I::kDied, S::kStopped, "cancel, STOPPED"},
    {S::kStopping, I::kRefused, S::kStopped, "cancel, STOPPED"},
    {S::kStopping, I::kTimeout, S::kStopping, "kill, timer 5000, OVERDUE"},
    {S::kStopping, I::kKill, S::kStopping, "kill, timer 5000"},

    {S::kFailed, I::kStart, S::kStarted, "spawn, timer 15000, STARTED"},
    {S::kFailed, I::kReplace, S::kStarted, "spawn, timer 15000, STARTED"},
    {S::kFailed, I::kWindDown, S::kStopped, "cancel, STOPPED"},
    {S::kFailed, I::kRetire, S::kStopped, "cancel, STOPPED"},
    {S::kFailed, I::kStop, S::kStopped, "cancel, STOPPED"},
    {S::kFailed, I::kKill, S::kStopped, "cancel, STOPPED"},
};

Cell CellFor(S from, I input) {
    for (const auto& cell : kCells) {
        if (cell.from == from && cell.input == input) return cell;
    }
    return {from, input, from, ""};
}

TEST(WorkerMachine, EveryCellOfTheTable) {
    for (std::size_t state = 0; state < kWorkerStates; ++state) {
        for (std::size_t input = 0; input < kWorkerInputs; ++input) {
            SCOPED_TRACE("state " + std::to_string(state) + ", input " + std::to_string(input));
            const Cell cell = CellFor(static_cast<S>(state), static_cast<I>(input));
            Bench bench;
            bench.Reach(cell.from);
            bench.machine.Handle(cell.input);
            EXPECT_EQ(bench.machine.state(), cell.to);
            EXPECT_EQ(bench.host.log, cell.does);
        }
    }
}

TEST(WorkerMachine, StartsTheNextBeforeItTellsOfTheDeath) {
    Bench bench;
    bench.Reach(S::kReady);
    bench.machine.Handle(I::kDied);
    EXPECT_TRUE(bench.host.log.starts_with("spawn, DIED"));
}

TEST(WorkerMachine, BacksOffFromACrashLoop) {
    Bench bench;
    bench.Feed({I::kStart, I::kDied});
    EXPECT_EQ(bench.machine.state(), S::kStarted);
    bench.host.log.clear();
    bench.Feed({I::kDied});
    EXPECT_EQ(bench.host.log, "timer 50, DIED");
    bench.host.log.clear();
    bench.Feed({I::kTimeout, I::kDied});
    EXPECT_EQ(bench.host.log, "spawn, timer 15000, STARTED, timer 100, DIED");
}

TEST(WorkerMachine, StartsAtOnceAgainWhatHadRunWell) {
    Bench bench;
    bench.Feed({I::kStart, I::kDied, I::kDied});
    EXPECT_EQ(bench.machine.state(), S::kWaiting);
    bench.Feed({I::kTimeout});
    bench.clock.Advance(Backoff::kEarnedAfter);
    bench.Feed({I::kDied});
    EXPECT_EQ(bench.machine.state(), S::kStarted);
}

TEST(WorkerMachine, BacksOffFromWhatHangsAgainAndAgain) {
    Bench bench;
    bench.Feed({I::kStart, I::kTimeout});
    bench.host.log.clear();
    bench.Feed({I::kTimeout});
    EXPECT_EQ(bench.machine.state(), S::kWaiting);
    EXPECT_EQ(bench.host.log, "HUNG, aside hung, timer 50");
}

TEST(WorkerMachine, WaitsAlsoAfterTheFirstFailureToSpawn) {
    Bench bench;
    bench.host.can_spawn = false;
    bench.Feed({I::kStart});
    EXPECT_EQ(bench.machine.state(), S::kWaiting);
    EXPECT_EQ(bench.host.log, "spawn, timer 50, UNSTARTED");
    bench.host.can_spawn = true;
    bench.Feed({I::kTimeout});
    EXPECT_EQ(bench.machine.state(), S::kStarted);
}

TEST(WorkerMachine, TellsACrashFromAFailureToSpawnAfterIt) {
    Bench bench;
    bench.Reach(S::kReady);
    bench.host.can_spawn = false;
    bench.Feed({I::kDied});
    EXPECT_EQ(bench.machine.state(), S::kWaiting);
    EXPECT_EQ(bench.host.log, "spawn, DIED, timer 50, UNSTARTED");
}

}  // namespace
}  // namespace aircheck::supervisor

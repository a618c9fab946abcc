// SPDX-License-Identifier: MIT
#include "common/worker/worker.h"

#include "common/event/zmq_socket.h"
#include "common/storage/paths.h"
#include "common/worker/file_limit.h"

#include <gtest/gtest.h>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace aircheck::worker {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

/// The supervisor's end is on the worker's own loop, so that one thread owns both.
class WorkerTest : public testing::Test {
protected:
    WorkerTest() {
        char folder[] = "/tmp/aircheck-worker-XXXXXX";
        folder_ = ::mkdtemp(folder);
        config_.storage = folder_ + "/storage";
        storage::Layout(config_.storage).Create();
        config_.restart_timeout = 50ms;
    }
    ~WorkerTest() override { std::filesystem::remove_all(folder_); }

    Arguments MakeArguments() const {
        return {.config = "x", .name = "pruner-0", .control = "ipc://" + folder_ + "/control"};
    }

    static Worker::Hooks StopAtOnce() {
        Worker::Hooks hooks;
        hooks.stop = [](const std::function<void()>& finished) { finished(); };
        return hooks;
    }

    config::Config config_;
    std::string folder_;
    zmq::context_t context_;
};

/// Collects what a worker says and lets the test answer.
class Control {
public:
    using Handler = std::function<void(const proto::Message&)>;

    Control(Worker& worker, zmq::context_t& context, Handler handler)
        : socket_(worker.loop(), context, zmq::socket_type::router) {
        socket_.Bind(worker.arguments().control);
        socket_.OnMessage([this, handler = std::move(handler)](const event::ZmqFrames& frames) {
            ASSERT_EQ(3U, frames.size());
            peer_ = frames[0];
            const auto decoded = proto::Decode(frames[1], frames[2]);
            ASSERT_TRUE(std::holds_alternative<proto::Message>(decoded));
            handler(std::get<proto::Message>(decoded));
        });
    }

    void Send(const proto::Message& message) {
        SendRaw({proto::Topic(message), proto::Encode(message)});
    }
    void SendRaw(event::ZmqFrames frames) {
        frames.insert(frames.begin(), peer_);
        EXPECT_TRUE(socket_.Send(frames));
    }
    const std::string& peer() const { return peer_; }

private:
    event::ZmqSocket socket_;
    std::string peer_;
};

TEST_F(WorkerTest, BeatsEachSecondUntilToldToStop) {
    Worker worker(MakeArguments(), config_, "pruner");
    std::vector<proto::Heartbeat> beats;
    int ready = 0;
    Control control(worker, context_, [&](const proto::Message& message) {
        if (std::holds_alternative<proto::Ready>(message)) ++ready;
        if (const auto* beat = std::get_if<proto::Heartbeat>(&message)) {
            beats.push_back(*beat);
            if (beats.size() == 3) control.Send(proto::Command{.command = "stop"});
        }
    });
    Worker::Hooks hooks = StopAtOnce();
    std::uint64_t total = 0;
    hooks.fill_heartbeat = [&](proto::Heartbeat& beat) { beat.bytes_total = total += 100; };
    worker.AnnounceReady();
    EXPECT_EQ(EXIT_SUCCESS, worker.Run(std::move(hooks)));

    EXPECT_EQ(1, ready);
    EXPECT_EQ("pruner-0-" + std::to_string(::getpid()), control.peer());
    ASSERT_EQ(3U, beats.size());
    for (std::size_t i = 0; i < beats.size(); ++i) {
        EXPECT_EQ(i + 1, beats[i].seq);
        EXPECT_EQ("pruner", beats[i].role);
        EXPECT_EQ(::getpid(), beats[i].pid);
        EXPECT_EQ(100U, beats[i].bytes);
        EXPECT_GT(beats[i].memory, 0U);
    }
    // The first at once, the others at whole seconds of the clock that all processes share.
    EXPECT_NEAR(1.0, beats[2].uptime - beats[1].uptime, 0.5);
}

TEST_F(WorkerTest, HandsAnswersOn) {
    Worker worker(MakeArguments(), config_, "webapi");
    Control control(worker, context_, [&](const proto::Message& message) {
        if (const auto* request = std::get_if<proto::Request>(&message))
            control.Send(proto::Answer{.id = request->id, .accepted = true, .text = "Begun."});
    });
    Worker::Hooks hooks = StopAtOnce();
    std::vector<proto::Answer> answers;
    hooks.on_answer = [&](const proto::Answer& answer) {
        answers.push_back(answer);
        control.Send(proto::Command{.command = "stop"});
    };
    worker.Publish(proto::Request{.name = "webapi-0", .id = 7, .request = "restart"});
    EXPECT_EQ(EXIT_SUCCESS, worker.Run(std::move(hooks)));
    ASSERT_EQ(1U, answers.size());
    EXPECT_EQ(7U, answers[0].id);
}

TEST_F(WorkerTest, HandsCommandsOnAndSurvivesTheRest) {
    Worker worker(MakeArguments(), config_, "pruner");
    std::vector<proto::Rejected> rejected;
    Control control(worker, context_, [&](const proto::Message& message) {
        if (std::holds_alternative<proto::Heartbeat>(message)) {
            control.SendRaw({"command"});
            control.SendRaw({"command", "{"});
            control.SendRaw({"rejected", R"({"v":2})"});
            control.SendRaw({"command", R"({"v":2,"command":"stop"})"});
            control.Send(proto::Ready{.name = "a", .pid = 1});
            control.Send(proto::Command{.command = "bitrate", .station = "kpcc", .kbps = 64});
        } else if (const auto* answer = std::get_if<proto::Rejected>(&message)) {
            rejected.push_back(*answer);
            control.Send(proto::Command{.command = "stop"});
        }
    });
    Worker::Hooks hooks = StopAtOnce();
    std::vector<proto::Command> commands;
    hooks.on_command = [&](const proto::Command& command) { commands.push_back(command); };
    EXPECT_EQ(EXIT_SUCCESS, worker.Run(std::move(hooks)));
    ASSERT_EQ(1U, commands.size());
    EXPECT_EQ(64, commands[0].kbps);
    ASSERT_EQ(1U, rejected.size());
    EXPECT_EQ(proto::kVersion, rejected[0].version);
}

TEST_F(WorkerTest, StopsInOrderOnASignal) {
    Worker worker({.config = "x", .name = "pruner-0"}, config_, "pruner");
    int stops = 0;
    Worker::Hooks hooks;
    hooks.stop = [&](std::function<void()> finished) {
        ++stops;
        asio::post(worker.loop(), std::move(finished));
    };
    asio::post(worker.loop(), [] {
        ::raise(SIGHUP);
        ::raise(SIGPIPE);
        ::raise(SIGTERM);
    });
    EXPECT_EQ(EXIT_SUCCESS, worker.Run(std::move(hooks)));
    EXPECT_EQ(1, stops);
}

TEST_F(WorkerTest, FinishesItsStopHoweverOftenItIsAsked) {
    Worker worker({.config = "x", .name = "pruner-0"}, config_, "pruner");
    asio::steady_timer work(worker.loop());
    int stops = 0;
    bool finished_work = false;
    Worker::Hooks hooks;
    hooks.stop = [&](std::function<void()> finished) {
        ++stops;
        ::raise(SIGTERM);
        work.expires_after(20ms);
        work.async_wait([&, finished = std::move(finished)](const boost::system::error_code&) {
            finished_work = true;
            finished();
        });
    };
    asio::post(worker.loop(), [] { ::raise(SIGTERM); });
    EXPECT_EQ(EXIT_SUCCESS, worker.Run(std::move(hooks)));
    EXPECT_EQ(1, stops);
    EXPECT_TRUE(finished_work);
}

TEST_F(WorkerTest, LeavesCtrlCToItsSupervisor) {
    Worker worker({.config = "x", .name = "pruner-0", .supervisor_pid = ::getppid()}, config_,
                  "pruner");
    int stops = 0;
    Worker::Hooks hooks;
    hooks.stop = [&](const std::function<void()>& finished) {
        ++stops;
        finished();
    };
    asio::steady_timer later(worker.loop(), 20ms);
    asio::post(worker.loop(), [] { ::raise(SIGINT); });
    later.async_wait([&](const boost::system::error_code&) {
        EXPECT_EQ(0, stops);
        ::raise(SIGTERM);
    });
    EXPECT_EQ(EXIT_SUCCESS, worker.Run(std::move(hooks)));
    EXPECT_EQ(1, stops);
}

TEST_F(WorkerTest, OutlivesItsSupervisorForAWhile) {
    const pid_t gone = ::fork();
    if (gone == 0) ::_exit(0);
    ::waitpid(gone, nullptr, 0);
    // Nobody has the first number, and the second is alive but has not started this process: a
    // supervisor that died before the watch began.
    for (const pid_t supervisor : {gone, ::getpid()}) {
        Worker worker({.config = "x", .name = "pruner-0", .supervisor_pid = supervisor}, config_,
                      "pruner");
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_EQ(EXIT_SUCCESS, worker.Run(StopAtOnce()));
        EXPECT_GE(std::chrono::steady_clock::now() - begin, config_.restart_timeout);
    }
}

TEST_F(WorkerTest, SeesItsSupervisorDie) {
    // This process's child is the supervisor, and its child the worker.
    const pid_t middle = ::fork();
    if (middle == 0) {
        int ends[2];
        if (::pipe(ends) != 0) ::_exit(2);
        const pid_t supervisor = ::getpid();
        if (::fork() == 0) {
            Worker worker({.config = "x", .name = "pruner-0", .supervisor_pid = supervisor},
                          config_, "pruner");
            asio::post(worker.loop(), [&] { ::write(ends[1], "x", 1); });
            const int code = worker.Run(StopAtOnce());
            std::filesystem::create_directory(folder_ + (code == 0 ? "/yes" : "/no"));
            ::_exit(0);
        }
        char byte;
        ::_exit(::read(ends[0], &byte, 1) == 1 ? 0 : 1);
    }
    int status = 1;
    ASSERT_EQ(middle, ::waitpid(middle, &status, 0));
    ASSERT_EQ(0, status);
    const auto end = std::chrono::steady_clock::now() + 10s;
    const auto over = [this](const char* how) { return std::filesystem::exists(folder_ + how); };
    while (!over("/yes") && !over("/no") && std::chrono::steady_clock::now() < end)
        ::usleep(10'000);
    EXPECT_TRUE(over("/yes"));
}

TEST(FileLimit, IsRaisedToWhatTheSystemAllows) {
    rlimit before{};
    ASSERT_EQ(0, ::getrlimit(RLIMIT_NOFILE, &before));
    const rlimit lowered{before.rlim_max / 2, before.rlim_max};
    ASSERT_EQ(0, ::setrlimit(RLIMIT_NOFILE, &lowered));
    EXPECT_EQ(before.rlim_max, RaiseFileLimit());
    rlimit after{};
    ASSERT_EQ(0, ::getrlimit(RLIMIT_NOFILE, &after));
    EXPECT_EQ(before.rlim_max, after.rlim_cur);
    ::setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace aircheck::worker

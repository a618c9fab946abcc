// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <string>

#include "tests/unit/webapi/fake_recording.h"
#include "webapi/http/http.h"
#include "webapi/listening/live_body.h"
#include "webapi/listening/live_hub.h"
#include "webapi/listening/live_search.h"

namespace aircheck::webapi {

/// A recording, a clock that moves when told to, and the hub of its listeners.
class LiveFixture : public testing::Test {
protected:
    LiveFollower FollowerAt(time::SysTime start) {
        auto piece = FindLiveStart(recording_.catalog(), source_.places(), "kpcc", start);
        return {clock_, kLiveLead, StepTo({std::move(*piece), {}})};
    }
    LiveBody BodyAt(time::SysTime start) { return {hub_, FollowerAt(start)}; }

    void AddTitle(const std::string& take, time::SysTime at, const std::string& title) {
        recording_.catalog().AddTitle({"kpcc", at, take, title, ""});
    }

    std::optional<Extent> Next(Body& body) {
        std::optional<Extent> extent;
        bool done = false;
        boost::asio::co_spawn(loop_, body.Next(), [&](const std::exception_ptr& error, auto next) {
            EXPECT_FALSE(error);
            extent = next;
            done = true;
        });
        // He need not wait for the next tick.
        boost::asio::post(loop_, [this] { hub_.Wake(); });
        while (!done) loop_.run_one();
        return extent;
    }

    /// All that he may have by now: until he waits for a tick, is let off, and waits again.
    std::string Hear(Body& body) {
        std::string heard;
        for (int waits = 0; waits < 3;) {
            const auto extent = Next(body);
            if (!extent) break;
            waits = extent->size > 0 ? 0 : waits + 1;
            if (extent->size > 0) heard += Bytes(*extent);
        }
        return heard;
    }

    /// Lets the hub look into the catalog.
    void Look() { loop_.run_for(std::chrono::milliseconds{1200}); }

    static std::string Bytes(const Extent& extent) {
        if (extent.memory != nullptr) return {extent.memory, extent.size};
        std::string bytes(extent.size, '\0');
        EXPECT_EQ(::pread(extent.fd, bytes.data(), bytes.size(), static_cast<off_t>(extent.offset)),
                  static_cast<ssize_t>(bytes.size()));
        return bytes;
    }

    const time::SysTime start_ = At("20261120T200000Z");
    FakeRecording recording_;
    time::ManualClock clock_{start_};
    boost::asio::io_context loop_;
    CatalogReader reader_{recording_.layout()};
    SoundSource source_{reader_};
    LiveHub hub_{loop_, clock_, source_};
};

}  // namespace aircheck::webapi

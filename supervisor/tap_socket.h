// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "common/time/clock.h"
#include "common/zmtp/publisher.h"
#include "supervisor/last_values.h"
#include "supervisor/tcp_tap.h"

namespace aircheck::supervisor {

/// What taps listen to: ipc and, if there is to be a tcp endpoint, that.
/// Owned by the hub; lives on the loop's thread.
///
/// Every message is told its number of its topic, `n`, and who counts, `by`: what a slow tap did
/// not get shows as a gap. A tap that subscribes is sent the present state of what it asked for.
class TapSocket {
public:
    struct Options {
        std::filesystem::path storage;
        int generation = 1;
        std::size_t largest = 0;   // about how many bytes the largest message has
        TcpTap::Options tcp = {};  // without an endpoint: there is none
    };

    /// Binds the endpoint of this supervisor alone. Throws std::runtime_error naming the endpoint
    /// that cannot be had, or what is wrong with the key.
    TapSocket(boost::asio::io_context& loop, const time::Clock& clock, const Options& options);

    /// Binds what everybody knows: `run/tap` and tcp. Throws as above; then it has none of them.
    void TakePublicEndpoints();

    /// They are free when this returns, and can be taken again. Taps that came there connect anew,
    /// to whoever takes the endpoints next. To be called before somebody else takes them: the file
    /// of `run/tap` is removed.
    void ReleasePublicEndpoints() noexcept;

    /// `json` is the text of an object with at least one field.
    void Publish(std::string_view topic, std::string_view json);

    /// Later taps are not told any more what was published last under this topic.
    void Forget(std::string_view topic) { last_.Forget(topic); }

private:
    void Tell(std::string_view prefix, const zmtp::Publisher::Send& send) const;
    void OnRefused(const std::string& reason);

    const time::Clock& clock_;
    const std::string public_endpoint_;
    const pid_t pid_;
    bool is_public_ = false;  // ipc
    LastValues last_;
    std::string passing_;  // the latest message of a topic that is not kept
    zmtp::Publisher ipc_;
    std::optional<TcpTap> tcp_;
    time::SteadyTime next_report_{};
};

}  // namespace aircheck::supervisor

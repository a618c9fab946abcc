// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "proto/handover.h"
#include "supervisor/handover_link.h"

namespace aircheck::supervisor {

/// What the older supervisor said first, with what it gave along.
struct Inheritance {
    proto::Handover greeting;
    std::vector<util::UniqueFd> sockets;  // listening; their addresses are in the greeting
};

/// Waits for it: at the beginning of the newer process, before it has a loop. Throws
/// std::runtime_error if there is none.
Inheritance AwaitInheritance(takeover::Channel& channel);

/// Tells whoever asks whether this program accepts the configuration: why not, or "".
void AnswerCheck(takeover::Channel& channel, const std::string& reason);

/// The older supervisor, as the newer one sees it. Owned by the newer one's supervisor; lives on
/// the loop's thread.
class Predecessor {
public:
    struct Handlers {
        std::function<void()> granted;  // take the names
        std::function<void()> died;     // without having granted them: take them all the same
        std::function<void()> ended;    // its work is done
    };

    /// `recording` is what the greeting said of that.
    Predecessor(boost::asio::io_context& loop, takeover::Channel channel,
                const std::vector<std::string>& recording, Handlers handlers);

    /// What it records now, by callsign.
    const std::set<std::string>& recording() const { return recording_; }

    /// All of its work is being done here too.
    void SayReady(const std::vector<std::string>& successors);
    void SayTaken();
    void SayFailed(const std::string& reason);
    void SayStop();

    bool has_granted() const { return stage_ >= Stage::kGranted; }

private:
    enum class Stage { kWorking, kGranted, kTaken, kGone };

    void OnMessage(const proto::Handover& message);
    void OnClosed();

    Handlers handlers_;
    Stage stage_ = Stage::kWorking;
    bool said_ready_ = false;
    std::set<std::string> recording_;
    HandoverLink link_;
};

}  // namespace aircheck::supervisor

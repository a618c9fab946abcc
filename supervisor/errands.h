// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/time/clock.h"
#include "proto/messages.h"

namespace aircheck::supervisor {

/// What somebody has asked for and the pruner is to do. It is done once for all who have asked, and
/// begun again if the pruner dies over it: everything that it is sent for can be. Owned by the
/// supervisor; lives on the loop's thread.
class Errands {
public:
    struct Handlers {
        std::function<void(const proto::Command&)> send;  // to the pruner, if it is there
        std::function<void(const std::string& identity, const proto::Answer&)> answer;
    };

    /// Beyond this, askers of the same thing are sent away.
    static constexpr std::size_t kMaxAskers = 64;

    Errands(const time::Clock& clock, Handlers handlers);

    static bool IsOne(std::string_view request);

    void Begin(const proto::Request& request, const std::string& identity);

    /// The pruner has done one.
    void Done(const proto::Answer& answer);

    /// Another pruner has come.
    void SendAgain() const;

    std::vector<proto::Task> Tasks() const;

private:
    struct Asker {
        std::string identity;
        std::uint64_t id = 0;  // of the request
    };
    struct Errand {
        proto::Command command;
        time::SysTime since;
        std::vector<Asker> askers;
    };

    const time::Clock& clock_;
    const Handlers handlers_;
    std::map<std::uint64_t, Errand> errands_;  // by the command's id
    std::uint64_t last_id_ = 0;
};

}  // namespace aircheck::supervisor

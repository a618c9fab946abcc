// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/config/config.h"
#include "webapi/http/http.h"

namespace aircheck::webapi {

/// Who may operate this instance: a program on this machine, or whoever has the token.
///
/// What comes from loopback is not always from here. A proxy on this machine forwards strangers,
/// and a browser on this machine obeys the pages of strangers: those name themselves in their
/// headers, or the name of a host that they have pointed at this machine (DNS rebinding).
class Authorization {
public:
    /// Reads the token. If that cannot be, the log says so, and there is none.
    explicit Authorization(const config::Config& config);

    /// Nullopt if the request may do what it asks for; else what to answer.
    std::optional<Response> Refusal(const Request& request) const;

private:
    bool HasToken(const Request& request) const;
    bool NamesThisMachine(std::string_view host) const;
    std::string_view WhyNotLocal(const Request& request) const;

    std::string token_;
    std::string public_host_;
};

}  // namespace aircheck::webapi

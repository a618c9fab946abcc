// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "common/util/unique_fd.h"
#include "webapi/http/http.h"

namespace aircheck::webapi {

/// An answer that is being sent: what is left of the text, of the extent, and of the body.
struct Outgoing {
    std::string text;
    std::size_t text_sent = 0;
    Extent extent;
    util::UniqueFd file;         // of the extent, where the body does not hold it
    std::unique_ptr<Body> body;  // nullptr: the answer ends behind the extent
    bool endless = false;        // it ends with the connection
};

/// All that makes a connection, while it waits for nothing: for another server to go on with it.
struct Standing {
    util::UniqueFd socket;
    std::string received;   // of requests that have not been answered
    Outgoing outgoing;      // the present answer; empty between two
    bool fresh = true;      // nothing has been asked yet
    bool closing = false;   // after this answer
    bool may_leave = true;  // false: no other process can take it
};

}  // namespace aircheck::webapi

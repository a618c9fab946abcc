// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "webapi/http/http.h"

namespace aircheck::webapi {

/// HTTP/1.1 requests from a stream of bytes (RFC 9112). Holds the one use of Boost.Beast, which
/// is slow to compile. One request each; make a new one for the next.
class RequestParser {
public:
    static constexpr std::size_t kMaxHeaderBytes = 16 * 1024;
    static constexpr std::size_t kMaxBodyBytes = 64 * 1024;

    enum class State { kMore, kDone, kFailed };

    RequestParser();
    ~RequestParser();

    /// Looks at `bytes` and adds how many of them it used up to `consumed`; the rest must be given
    /// again, with what follows them.
    State Put(std::string_view bytes, std::size_t& consumed);

    /// The header is complete (the body may not be).
    bool HeaderDone() const;

    /// After kDone; or earlier after HeaderDone, without the body.
    Request Take();

    /// After kFailed: what to answer.
    Response Failure() const;

private:
    void Judge();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace aircheck::webapi

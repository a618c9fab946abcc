// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "common/time/clock.h"
#include "webapi/http/http.h"

namespace aircheck::webapi {

/// One line for each answer, in the combined format of Apache and nginx; the bytes are those that
/// the answer promises, "-" where it has no end. What a client sends cannot end a line or a field.
std::string FormatAccess(const Request& request, const Response& response, time::SysTime now);

/// Appends lines to a file, from a thread of its own: a slow disk delays nobody. The file is opened
/// for each portion of lines, so it may be moved away at any time, and several processes may write
/// to it. What does not fit in memory meanwhile is dropped, and counted in the log.
class AccessLog {
public:
    explicit AccessLog(std::filesystem::path file);
    AccessLog(const AccessLog&) = delete;
    AccessLog& operator=(const AccessLog&) = delete;

    /// Writes what is left.
    ~AccessLog();

    void Add(std::string_view line);

private:
    void Run();
    void Write(std::string_view lines);

    const std::filesystem::path file_;
    bool complained_ = false;  // the thread's
    std::mutex mutex_;
    std::condition_variable wake_;
    std::string lines_;          // under the mutex
    std::uint64_t dropped_ = 0;  // likewise
    bool over_ = false;          // likewise
    std::thread thread_;
};

}  // namespace aircheck::webapi

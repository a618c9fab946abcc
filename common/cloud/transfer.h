// SPDX-License-Identifier: MIT
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/cloud/body.h"
#include "common/cloud/open_store.h"
#include "common/curl/easy.h"

namespace aircheck::cloud {

/// One transfer after another on one libcurl handle, whose connections stay open. Ends soon when
/// told to quit, and when next to nothing moves. One thread.
class Transfer {
public:
    using Clock = std::chrono::steady_clock;

    /// What is had of the answer. `header` gets whole lines. `data` answers whether to go on:
    /// false ends the transfer as if that had been all.
    struct Answer {
        std::function<void(std::string_view line)> header;
        std::function<bool(std::span<const std::byte>)> data;
    };

    /// `where` begins the sentences of errors.
    Transfer(const StoreOptions& options, std::string where);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    /// The handle with nothing set but what holds for all transfers.
    curl::Easy& Prepare(const std::string& url);

    curl::Easy& easy() { return easy_; }

    void Upload(Body& body);

    /// Answers what libcurl says of the transfer itself, for it to be looked at by those who know
    /// the protocol. Throws CloudError if told to quit (kStopped) and for a service that does not
    /// move (kDown), and whatever `data` or the body threw.
    CURLcode Run(Answer answer);

    /// Of the last answer, where the protocol has such.
    long Status() const { return easy_.Info<long>(CURLINFO_RESPONSE_CODE); }

    /// The next transfers are to tidy up: they are done even when told to quit, if that takes no
    /// longer than this.
    void TidyUp(std::chrono::milliseconds at_most) { tidy_until_ = Clock::now() + at_most; }
    void EndTidyUp() { tidy_until_.reset(); }

    /// The error that `code` stands for wherever the protocol says no more.
    CloudError Error(CURLcode code, const std::string& doing) const;
    CloudError Error(CloudError::Kind kind, const std::string& what) const;

private:
    /// The least that moves within `stall_timeout`, if the service is to count as up.
    static constexpr std::int64_t kLeastBytesPerSecond = 500;

    enum class End { kNone, kStopped, kStalled, kEnough };

    static std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t OnData(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t OnRead(char* into, std::size_t size, std::size_t count, void* self);
    static int OnSeek(void* self, curl_off_t offset, int origin);
    static int OnProgress(void* self, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up);
    static curl_socket_t OnOpen(void* self, curlsocktype, curl_sockaddr* address);
    static int OnClose(void* self, curl_socket_t socket);

    bool Goes(std::int64_t moved);
    bool GiveUp(End end);
    bool Guard(const std::function<void()>& call) noexcept;

    const StoreOptions options_;
    const std::string where_;
    Answer answer_;
    Body* body_ = nullptr;
    std::exception_ptr thrown_;
    End end_ = End::kNone;
    Clock::time_point window_start_;
    std::int64_t window_bytes_ = 0;
    bool connected_ = false;
    std::optional<Clock::time_point> tidy_until_;
    std::array<char, CURL_ERROR_SIZE> reason_{};
    std::vector<curl_socket_t> sockets_;
    curl::Easy easy_;  // last: closes its sockets through this
};

}  // namespace aircheck::cloud

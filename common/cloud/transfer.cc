// SPDX-License-Identifier: MIT
#include "common/cloud/transfer.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "common/util/text.h"

namespace aircheck::cloud {
namespace {

using Kind = CloudError::Kind;

/// Large enough for SSH to have many packets under way, and for few calls.
constexpr long kBufferBytes = 512 << 10;

Kind KindOf(CURLcode code) {
    switch (code) {
        case CURLE_LOGIN_DENIED:
        case CURLE_REMOTE_ACCESS_DENIED:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
            return Kind::kRefused;
        case CURLE_REMOTE_FILE_NOT_FOUND:
            return Kind::kMissing;
        default:
            return Kind::kDown;
    }
}

}  // namespace

Transfer::Transfer(const StoreOptions& options, std::string where)
    : options_(options), where_(std::move(where)) {}

curl::Easy& Transfer::Prepare(const std::string& url) {
    curl_easy_reset(easy_.get());
    body_ = nullptr;
    easy_.Set(CURLOPT_NOSIGNAL, 1L);
    easy_.Set(CURLOPT_URL, url.c_str());
    easy_.Set(CURLOPT_PATH_AS_IS, 1L);
    // Waiting for a name server that does not answer would hold up whoever quits.
    easy_.Set(CURLOPT_QUICK_EXIT, 1L);
    easy_.Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    easy_.Set(CURLOPT_TCP_KEEPALIVE, 1L);
    easy_.Set(CURLOPT_BUFFERSIZE, kBufferBytes);
    easy_.Set(CURLOPT_UPLOAD_BUFFERSIZE, kBufferBytes);
    if (options_.bytes_per_second > 0)
        easy_.Set(CURLOPT_MAX_SEND_SPEED_LARGE, static_cast<curl_off_t>(options_.bytes_per_second));
    easy_.Set(CURLOPT_ERRORBUFFER, reason_.data());
    easy_.Set(CURLOPT_NOPROGRESS, 0L);
    easy_.Set(CURLOPT_XFERINFOFUNCTION, &Transfer::OnProgress);
    easy_.Set(CURLOPT_XFERINFODATA, this);
    easy_.Set(CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
    easy_.Set(CURLOPT_HEADERDATA, this);
    easy_.Set(CURLOPT_WRITEFUNCTION, &Transfer::OnData);
    easy_.Set(CURLOPT_WRITEDATA, this);
    easy_.Set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::OnOpen);
    easy_.Set(CURLOPT_OPENSOCKETDATA, this);
    easy_.Set(CURLOPT_CLOSESOCKETFUNCTION, &Transfer::OnClose);
    easy_.Set(CURLOPT_CLOSESOCKETDATA, this);
    return easy_;
}

void Transfer::Upload(Body& body) {
    body_ = &body;
    easy_.Set(CURLOPT_UPLOAD, 1L);
    easy_.Set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(body.size()));
    easy_.Set(CURLOPT_READFUNCTION, &Transfer::OnRead);
    easy_.Set(CURLOPT_READDATA, this);
    easy_.Set(CURLOPT_SEEKFUNCTION, &Transfer::OnSeek);
    easy_.Set(CURLOPT_SEEKDATA, this);
}

CURLcode Transfer::Run(Answer answer) {
    answer_ = std::move(answer);
    thrown_ = nullptr;
    end_ = End::kNone;
    reason_[0] = '\0';
    window_start_ = Clock::now();
    window_bytes_ = 0;
    connected_ = false;
    const CURLcode code = curl_easy_perform(easy_.get());
    answer_ = {};
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    switch (end_) {
        case End::kStopped:
            throw Error(Kind::kStopped, "stopped");
        case End::kStalled:
            throw Error(Kind::kDown, "next to nothing was moved for too long");
        case End::kEnough:
            return CURLE_OK;
        case End::kNone:
            return code;
    }
    return code;
}

CloudError Transfer::Error(CURLcode code, const std::string& doing) const {
    const std::string_view reason = reason_.data();
    const std::string_view text = reason.empty() ? curl_easy_strerror(code) : reason;
    return Error(KindOf(code), doing + ": " + util::CleanUtf8(std::string(util::Trim(text))));
}

CloudError Transfer::Error(Kind kind, const std::string& what) const {
    return {kind, where_ + ": " + what};
}

/// Not again from where a C library calls: what is thrown is kept for Run.
bool Transfer::Guard(const std::function<void()>& call) noexcept {
    try {
        call();
        return true;
    } catch (...) {
        thrown_ = std::current_exception();
        return false;
    }
}

std::size_t Transfer::OnHeader(char* data, std::size_t size, std::size_t count, void* user) {
    auto* self = static_cast<Transfer*>(user);
    const std::string_view line(data, size * count);
    if (!self->answer_.header) return line.size();
    return self->Guard([&] { self->answer_.header(line); }) ? line.size() : 0;
}

std::size_t Transfer::OnData(char* data, std::size_t size, std::size_t count, void* user) {
    auto* self = static_cast<Transfer*>(user);
    const auto bytes = std::as_bytes(std::span(data, size * count));
    if (!self->answer_.data) return bytes.size();
    const auto before = Clock::now();
    bool goes_on = false;
    if (!self->Guard([&] { goes_on = self->answer_.data(bytes); })) return 0;
    // Nobody can say that the service was slow meanwhile.
    self->window_start_ += Clock::now() - before;
    if (!goes_on) self->end_ = End::kEnough;
    return goes_on ? bytes.size() : 0;
}

std::size_t Transfer::OnRead(char* into, std::size_t size, std::size_t count, void* user) {
    auto* self = static_cast<Transfer*>(user);
    std::size_t got = 0;
    const auto room = std::as_writable_bytes(std::span(into, size * count));
    return self->Guard([&] { got = self->body_->Read(room); }) ? got : CURL_READFUNC_ABORT;
}

int Transfer::OnSeek(void* user, curl_off_t offset, int origin) {
    auto* self = static_cast<Transfer*>(user);
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_FAIL;
    return self->Guard([&] { self->body_->Rewind(); }) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

int Transfer::OnProgress(void* user, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up) {
    return static_cast<Transfer*>(user)->Goes(down + up) ? 0 : 1;
}

bool Transfer::Goes(std::int64_t moved) {
    const auto now = Clock::now();
    const bool tidying = tidy_until_ && now < *tidy_until_;
    if (options_.quit && *options_.quit && !tidying) return GiveUp(End::kStopped);
    if (tidy_until_ && !tidying) return GiveUp(End::kStalled);

    if (!connected_ && easy_.Info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) > 0) {
        connected_ = true;
        window_start_ = now;
    }
    const auto timeout = std::chrono::duration<double>(options_.stall_timeout).count();
    const auto least = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(timeout * static_cast<double>(kLeastBytesPerSecond)));
    if (moved - window_bytes_ >= least || moved < window_bytes_) {
        window_start_ = now;
        window_bytes_ = moved;
    }
    // libcurl itself ends what does not connect in time; this is for what lies between.
    const auto patience = options_.stall_timeout +
                          (connected_ ? std::chrono::milliseconds{} : options_.connect_timeout);
    return now - window_start_ <= patience || GiveUp(End::kStalled);
}

/// Without its sockets: libcurl would wait for an answer to the end of an SSH session.
bool Transfer::GiveUp(End end) {
    end_ = end;
    for (const auto socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    return false;
}

curl_socket_t Transfer::OnOpen(void* user, curlsocktype, curl_sockaddr* address) {
    auto* self = static_cast<Transfer*>(user);
    const int socket =
        ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (socket < 0) return CURL_SOCKET_BAD;
    if (!self->Guard([&] { self->sockets_.push_back(socket); })) {
        ::close(socket);
        return CURL_SOCKET_BAD;
    }
    return socket;
}

int Transfer::OnClose(void* user, curl_socket_t socket) {
    auto* self = static_cast<Transfer*>(user);
    std::erase(self->sockets_, socket);
    return ::close(socket);
}

}  // namespace aircheck::cloud

// SPDX-License-Identifier: MIT
#include "webapi/http/access_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <utility>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/ip_address.h"
#include "common/util/unique_fd.h"

namespace aircheck::webapi {

namespace {

constexpr std::chrono::seconds kPeriod{1};
constexpr std::size_t kMaxBytes = std::size_t{4} << 20;

/// As nginx does.
std::string Escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\') {
            escaped += fmt::format("\\x{:02X}", byte);
        } else {
            escaped += c;
        }
    }
    return escaped;
}

std::string HeaderOrDash(const Request& request, std::string_view name) {
    const std::string* value = request.Header(name);
    return value == nullptr || value->empty() ? "-" : Escape(*value);
}

std::string FormatTime(time::SysTime now) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::array<char, 64> text{};
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%d/%b/%Y:%H:%M:%S +0000", &utc);
    return {text.data(), size};
}

std::string ClientOf(const Request& request) {
    if (request.peer == util::IpAddress{}) return "-";  // no IP socket
    return util::Format(util::IpNetwork{.address = request.peer});
}

}  // namespace

std::string FormatAccess(const Request& request, const Response& response, time::SysTime now) {
    const bool bare = request.method == "HEAD" || response.status == 304;
    std::string bytes = "-";
    if (response.length) bytes = std::to_string(bare ? 0 : *response.length);
    const std::string asked = request.method.empty()
                                  ? "-"
                                  : fmt::format("{} {} HTTP/1.{}", Escape(request.method),
                                                Escape(request.target), request.version % 10);
    return fmt::format("{} - - [{}] \"{}\" {} {} \"{}\" \"{}\"\n", ClientOf(request),
                       FormatTime(now), asked, response.status, bytes,
                       HeaderOrDash(request, "Referer"), HeaderOrDash(request, "User-Agent"));
}

AccessLog::AccessLog(std::filesystem::path file)
    : file_(std::move(file)), thread_([this] { Run(); }) {}

AccessLog::~AccessLog() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void AccessLog::Add(std::string_view line) {
    const std::lock_guard lock(mutex_);
    if (lines_.size() + line.size() > kMaxBytes) {
        ++dropped_;
    } else {
        lines_ += line;
    }
}

void AccessLog::Run() {
    bool over = false;
    while (!over) {
        std::string lines;
        std::uint64_t dropped = 0;
        {
            std::unique_lock lock(mutex_);
            over = wake_.wait_for(lock, kPeriod, [this] { return over_; });
            lines = std::exchange(lines_, {});
            dropped = std::exchange(dropped_, 0);
        }
        if (dropped > 0) log::warn("web: {} lines of {} were dropped", dropped, file_.string());
        if (!lines.empty()) Write(lines);
    }
}

void AccessLog::Write(std::string_view lines) {
    const util::UniqueFd file(
        ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
    bool good = static_cast<bool>(file);
    while (good && !lines.empty()) {
        const ssize_t written = ::write(file.get(), lines.data(), lines.size());
        good = written > 0;
        if (good) lines.remove_prefix(static_cast<std::size_t>(written));
    }
    if (good) {
        complained_ = false;
    } else if (!std::exchange(complained_, true)) {
        log::warn("web: cannot write {}: {}", file_.string(), util::ErrnoText(errno));
    }
}

}  // namespace aircheck::webapi

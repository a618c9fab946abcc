// SPDX-License-Identifier: MIT
#include "downloader/connection.h"

#include <algorithm>

#include "common/log/log.h"
#include "common/util/error.h"
#include "common/util/text.h"
#include "downloader/cause.h"

namespace aircheck::downloader {
namespace {

constexpr char kUserAgent[] = "Aircheck/" AIRCHECK_VERSION;

/// Enough of a body to recognise a playlist by.
constexpr std::size_t kSniffBytes = 16;

constexpr long kMaxRedirects = 10;

/// A stream that brings more than this between two calls of `Receive` wakes the loop by itself.
constexpr int kGatherBytes = 64 * 1024;

/// Old Shoutcast servers answer "ICY 200 OK". libcurl keeps only the pointer.
curl_slist* IcyStatusLine() {
    static const auto list = [] {
        curl::HeaderList aliases;
        aliases.Append("ICY 200 OK");
        return aliases;
    }();
    return list.get();
}

std::optional<std::string_view> HeaderValue(std::string_view line, std::string_view name) {
    if (line.size() <= name.size() || line[name.size()] != ':' ||
        !util::StartsWithIgnoringCase(line, name))
        return std::nullopt;
    return util::Trim(line.substr(name.size() + 1));
}

std::span<const std::byte> AsBytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

Connection::Connection(const Context& context, const config::StationConfig& station,
                       const std::string& url, ConnectionHandler& handler)
    : context_(context),
      callsign_(station.callsign),
      handler_(handler),
      charset_(station.charset),
      last_byte_(context.clock.Steady()) {
    SetOptions(station, url);
    context_.multi.Add(easy_, [this](CURLcode code) { Done(code); });
    running_ = true;
}

Connection::~Connection() {
    Abort();
}

worker::Breadcrumb Connection::Crumb() const {
    return {context_.black_box, worker::BlackBox::Slot::kLoop, callsign_};
}

void Connection::SetOptions(const config::StationConfig& station, const std::string& url) {
    headers_.Append("Icy-MetaData: 1");
    for (const auto& [name, value] : station.headers)
        headers_.Append(fmt::format("{}: {}", name, value));

    easy_.Set(CURLOPT_URL, url.c_str());
    easy_.Set(CURLOPT_PROTOCOLS_STR, "http,https");
    easy_.Set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    easy_.Set(CURLOPT_FOLLOWLOCATION, 1L);
    easy_.Set(CURLOPT_MAXREDIRS, kMaxRedirects);
    easy_.Set(CURLOPT_HTTP200ALIASES, IcyStatusLine());
    if (station.http1_only) easy_.Set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    easy_.Set(CURLOPT_USERAGENT,
              station.user_agent.empty() ? kUserAgent : station.user_agent.c_str());
    easy_.Set(CURLOPT_HTTPHEADER, headers_.get());
    if (!station.username.empty()) {
        easy_.Set(CURLOPT_USERNAME, station.username.c_str());
        easy_.Set(CURLOPT_PASSWORD, station.password.c_str());
    }
    easy_.Set(CURLOPT_NOSIGNAL, 1L);
    easy_.Set(CURLOPT_BUFFERSIZE, curl::Multi::kReadBytes);
    // What the kernel gathers on a socket would hold up the next one's answer.
    easy_.Set(CURLOPT_FORBID_REUSE, 1L);
    easy_.Set(CURLOPT_TCP_KEEPALIVE, 1L);
    easy_.Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(2 * station.cycle_time.count()));
    easy_.Set(CURLOPT_HEADERFUNCTION, &Connection::OnHeader);
    easy_.Set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    easy_.Set(CURLOPT_WRITEFUNCTION, &Connection::OnBody);
    easy_.Set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

void Connection::Abort() noexcept {
    if (running_) context_.multi.Remove(easy_);
    running_ = false;
}

// To be woken for each packet of many streams would cost more than all else that is done with them.
void Connection::Receive() {
    if (!running_ || kind_ != Kind::kStream) return;
    if (!gathered_) {
        const char* scheme = easy_.Info<char*>(CURLINFO_SCHEME);
        if (!scheme || !util::EqualsIgnoringCase(scheme, "http")) return;
        gathered_ = context_.multi.Gather(easy_, kGatherBytes);
    }
    if (gathered_) context_.multi.Receive(easy_);
}

time::Micros Connection::Idle() const {
    return std::chrono::duration_cast<time::Micros>(context_.clock.Steady() - last_byte_);
}

std::string Connection::EffectiveUrl() const {
    const char* url = easy_.Info<char*>(CURLINFO_EFFECTIVE_URL);
    return url ? url : "";
}

std::size_t Connection::OnHeader(char* data, std::size_t size, std::size_t count, void* self) {
    auto* connection = static_cast<Connection*>(self);
    const auto crumb = connection->Crumb();
    connection->Header({data, size * count});
    return size * count;
}

std::size_t Connection::OnBody(char* data, std::size_t size, std::size_t count, void* self) {
    try {
        auto* connection = static_cast<Connection*>(self);
        const auto crumb = connection->Crumb();
        return connection->Body(AsBytes({data, size * count}));
    } catch (...) {
        log::error("connection: {}", util::DescribeException(std::current_exception()));
        return CURL_WRITEFUNC_ERROR;
    }
}

void Connection::Header(std::string_view line) {
    if (line.starts_with("HTTP/") || line.starts_with("ICY ")) {
        // Behind each redirect comes a fresh set of headers.
        content_type_.clear();
        metaint_ = 0;
        retry_after_ = {};
    } else if (const auto type = HeaderValue(line, "content-type")) {
        content_type_ = *type;
    } else if (const auto interval = HeaderValue(line, "icy-metaint")) {
        const auto bytes = util::ParseInteger(*interval);
        metaint_ = bytes && *bytes > 0 ? static_cast<std::size_t>(*bytes) : 0;
    } else if (const auto wait = HeaderValue(line, "retry-after")) {
        const auto seconds = util::ParseInteger(*wait);
        retry_after_ = std::chrono::seconds(seconds ? std::clamp(*seconds, 0LL, 86400LL) : 0);
    }
}

std::size_t Connection::Body(std::span<const std::byte> data) {
    last_byte_ = context_.clock.Steady();
    received_ += data.size();
    // What an error or a redirect says in its body is not for recording.
    const long status = easy_.Info<long>(CURLINFO_RESPONSE_CODE);
    if (status >= 300) return data.size();

    if (kind_ == Kind::kStream) {
        Stream(data);
        return data.size();
    }
    if (text_.size() + data.size() > kMaxPlaylistBytes && kind_ == Kind::kPlaylist)
        return CURL_WRITEFUNC_ERROR;
    text_.append(reinterpret_cast<const char*>(data.data()), data.size());
    if (kind_ == Kind::kPlaylist || text_.size() < kSniffBytes) return data.size();

    if (const auto playlist = DetectPlaylist(content_type_, EffectiveUrl(), text_)) {
        kind_ = Kind::kPlaylist;
        playlist_kind_ = *playlist;
    } else {
        kind_ = Kind::kStream;
        icy_.emplace(metaint_);
        Stream(AsBytes(text_));
        text_ = std::string();  // `{}` would keep the memory
    }
    return data.size();
}

void Connection::Stream(std::span<const std::byte> data) {
    icy_->Feed(
        data, [this](std::span<const std::byte> audio) { handler_.OnAudio(audio); },
        [this](std::string_view block) {
            if (const auto title = ParseIcyMetadata(block, charset_)) handler_.OnTitle(*title);
        });
}

void Connection::Done(CURLcode code) {
    const auto crumb = Crumb();
    running_ = false;
    const long status = easy_.Info<long>(CURLINFO_RESPONSE_CODE);
    ConnectionHandler::End end{CauseOf(code, status), retry_after_, EffectiveUrl(), std::nullopt};
    // A playlist shorter than what it takes to recognise one.
    if (code == CURLE_OK && status < 300 && kind_ == Kind::kUnknown) {
        if (const auto playlist = DetectPlaylist(content_type_, end.url, text_)) {
            kind_ = Kind::kPlaylist;
            playlist_kind_ = *playlist;
        }
    }
    if (kind_ == Kind::kPlaylist) {
        end.cause = cause::kPlaylist;
        if (code == CURLE_OK && !IsHls(text_))
            end.playlist = ParsePlaylist(playlist_kind_, text_, end.url);
    }
    handler_.OnEnd(std::move(end));
}

}  // namespace aircheck::downloader

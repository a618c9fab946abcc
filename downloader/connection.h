// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"
#include "common/curl/easy.h"
#include "common/curl/multi.h"
#include "common/time/clock.h"
#include "common/worker/black_box.h"
#include "downloader/icy_reader.h"
#include "downloader/playlist.h"

namespace aircheck::downloader {

/// What a connection tells its owner. Called from the loop; `OnAudio`, `OnTitle` from inside
/// libcurl, so they must not destroy the connection. `OnEnd` comes once and may.
class ConnectionHandler {
public:
    virtual void OnAudio(std::span<const std::byte> data) = 0;
    virtual void OnTitle(const IcyTitle& title) = 0;

    struct End {
        std::string cause;                                 // in the words of cause.h
        std::chrono::seconds retry_after;                  // zero unless the server asked for it
        std::string url;                                   // behind redirects
        std::optional<std::vector<std::string>> playlist;  // its entries, if it was one
    };
    virtual void OnEnd(End end) = 0;

protected:
    ~ConnectionHandler() = default;
};

/// One HTTP transfer from a station: speaks ICY, takes its metadata out, and tells a playlist
/// from a stream. Ends by itself or with `Abort`. Lives on the loop's thread.
class Connection {
public:
    /// What all connections of a process share.
    struct Context {
        curl::Multi& multi;
        const time::Clock& clock;
        worker::BlackBox& black_box;
    };

    Connection(const Context& context, const config::StationConfig& station, const std::string& url,
               ConnectionHandler& handler);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Ends the transfer; the handler is not called any more.
    void Abort() noexcept;

    /// Takes in what the kernel has gathered. To be called about once a second: from the first call
    /// on, a stream without TLS does not wake the loop any more, unless it is a very fast one.
    void Receive();

    /// Since the last byte, or since the start where there was none.
    time::Micros Idle() const;

    /// Bytes received, metadata and all.
    std::uint64_t received_bytes() const { return received_; }

    /// Where the stream really is, behind redirects.
    std::string EffectiveUrl() const;

private:
    static std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self);

    worker::Breadcrumb Crumb() const;
    void SetOptions(const config::StationConfig& station, const std::string& url);
    void Header(std::string_view line);
    std::size_t Body(std::span<const std::byte> data);
    void Stream(std::span<const std::byte> data);
    void Done(CURLcode code);

    enum class Kind { kUnknown, kStream, kPlaylist };

    const Context context_;
    const std::string_view callsign_;
    ConnectionHandler& handler_;
    std::string charset_;
    curl::HeaderList headers_;
    curl::Easy easy_;

    std::string content_type_;
    std::size_t metaint_ = 0;
    std::chrono::seconds retry_after_{};
    Kind kind_ = Kind::kUnknown;
    PlaylistKind playlist_kind_ = PlaylistKind::kM3u;
    std::string text_;  // the playlist, or the body's beginning while its kind is unknown
    std::optional<IcyReader> icy_;
    std::uint64_t received_ = 0;
    time::SteadyTime last_byte_;
    bool running_ = false;
    bool gathered_ = false;
};

}  // namespace aircheck::downloader

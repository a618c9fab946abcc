// SPDX-License-Identifier: MIT
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "common/util/unique_fd.h"

namespace aircheck::webapi {

/// A raw client on loopback, which says what it likes.
class Client {
public:
    /// With a receive buffer of `buffer` bytes, or as the system likes it.
    explicit Client(std::uint16_t port, int buffer = 0)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (buffer > 0) ::setsockopt(fd(), SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ =
            ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }

    bool connected() const { return connected_; }
    int fd() const { return socket_.get(); }

    void Send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// Until `bytes` are there, or `text`, or the end.
    std::string Receive(std::size_t bytes, std::string_view text = {}) {
        std::size_t from = 0;  // what is before does not have the text
        while (received_.size() < bytes && ReadSome()) {
            if (!text.empty() && received_.find(text, from) != std::string::npos) break;
            from = received_.size() - std::min(received_.size(), text.size());
        }
        return received_;
    }

    std::string ReceiveUntil(std::string_view text) { return Receive(std::string::npos, text); }
    std::string ReceiveAll() { return Receive(std::string::npos); }

    /// True once the server has closed; false if it does not within 10 s.
    bool ended() const { return ended_; }

    static std::string Get(std::uint16_t port, const std::string& target,
                           const std::string& headers = "", const std::string& method = "GET") {
        Client client(port);
        client.Send(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                    headers + "\r\n");
        return client.ReceiveAll();
    }

private:
    bool ReadSome() {
        pollfd poll{fd(), POLLIN, 0};
        if (::poll(&poll, 1, 10'000) <= 0) return false;
        char bytes[65536];
        const ssize_t got = ::recv(fd(), bytes, sizeof bytes, 0);
        if (got <= 0) {
            ended_ = true;
            return false;
        }
        received_.append(bytes, static_cast<std::size_t>(got));
        return true;
    }

    util::UniqueFd socket_;
    bool connected_ = false;
    bool ended_ = false;
    std::string received_;
};

inline std::string BodyOf(const std::string& answer) {
    const std::size_t at = answer.find("\r\n\r\n");
    return at == std::string::npos ? "" : answer.substr(at + 4);
}

inline std::string HeaderOf(const std::string& answer, const std::string& name) {
    const std::size_t at = answer.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + name.size() + 4;
    return answer.substr(begin, answer.find("\r\n", begin) - begin);
}

inline int StatusOf(const std::string& answer) {
    return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

inline std::uint16_t PortOf(int listener) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    return ntohs(address.sin_port);
}

}  // namespace aircheck::webapi

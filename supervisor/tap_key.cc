// SPDX-License-Identifier: MIT
#include "supervisor/tap_key.h"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "common/config/read_file.h"
#include "common/log/log.h"
#include "common/util/text.h"

namespace aircheck::supervisor {
namespace {

constexpr std::size_t kKeyLength = 40;
constexpr std::size_t kMaxFileBytes = 1 << 20;

// https://rfc.zeromq.org/spec/32
constexpr std::string_view kAlphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

using KeyText = std::array<char, kKeyLength + 1>;

[[noreturn]] void Refuse(std::size_t line, std::string_view what) {
    throw std::runtime_error(fmt::format("line {}: {}", line, what));
}

/// The key of a line `word = KEY  # comment`.
std::string KeyOf(std::string_view text, std::size_t line) {
    const std::string_view rest = util::Trim(text);
    const std::string_view key = rest.substr(0, rest.find_first_of(" \t"));
    const std::string_view comment = util::Trim(rest.substr(key.size()));
    if (!IsKey(key)) Refuse(line, "expected a key of 40 characters");
    if (!comment.empty() && !comment.starts_with('#'))
        Refuse(line, "expected nothing behind the key but a comment that begins with #");
    return std::string(key);
}

void TakeLine(std::string_view text, std::size_t line, TapKey& key) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) Refuse(line, "expected public, secret or client = KEY");
    const std::string_view word = util::Trim(text.substr(0, equals));
    std::string value = KeyOf(text.substr(equals + 1), line);
    if (word == "client") {
        key.clients.push_back(std::move(value));
        return;
    }
    if (word != "public" && word != "secret")
        Refuse(line, "expected public, secret or client = KEY");
    std::string& half = word == "public" ? key.public_key : key.secret_key;
    if (!half.empty()) Refuse(line, "given twice");
    half = std::move(value);
}

}  // namespace

bool IsKey(std::string_view text) {
    return text.size() == kKeyLength && text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

TapKey NewTapKey() {
    KeyText public_key{};
    KeyText secret_key{};
    if (zmq_curve_keypair(public_key.data(), secret_key.data()) != 0)
        throw std::runtime_error("this ZeroMQ was built without CURVE: there can be no keys");
    return {public_key.data(), secret_key.data(), {}};
}

TapKey ParseTapKey(std::string_view text) {
    TapKey key;
    std::size_t line = 0;
    for (const std::string_view raw : util::Split(text, '\n')) {
        ++line;
        const std::string_view content = util::Trim(raw);
        if (!content.empty() && !content.starts_with('#')) TakeLine(content, line, key);
    }
    if (key.public_key.empty() || key.secret_key.empty())
        throw std::runtime_error("expected a line each of public = KEY and secret = KEY");
    KeyText expected{};
    if (zmq_curve_public(expected.data(), key.secret_key.c_str()) != 0)
        throw std::runtime_error("the secret key is none, or this ZeroMQ was built without CURVE");
    if (key.public_key != expected.data())
        throw std::runtime_error("the public key is not that of the secret key");
    return key;
}

TapKey ReadTapKey(const std::filesystem::path& file) {
    const auto [text, error] = config::ReadFile(file, kMaxFileBytes);
    try {
        if (!error.empty()) throw std::runtime_error(error);
        return ParseTapKey(text);
    } catch (const std::runtime_error& wrong) {
        throw std::runtime_error(file.string() + ": " + wrong.what() +
                                 " (aircheck tap-key FILE makes a new one)");
    }
}

}  // namespace aircheck::supervisor

// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace aircheck::supervisor {

/// A CURVE key pair as ZeroMQ writes it (Z85, 40 characters each), and who may connect to it.
struct TapKey {
    std::string public_key;
    std::string secret_key;
    std::vector<std::string> clients;  // public keys; empty: whoever knows ours

    bool operator==(const TapKey&) const = default;
};

/// A fresh pair. Throws std::runtime_error if this ZeroMQ has no CURVE.
TapKey NewTapKey();

/// Whether `text` can be a key.
bool IsKey(std::string_view text);

/// A key file: lines of `public = KEY`, `secret = KEY`, and any number of `client = KEY`; behind a
/// key and on lines of their own, comments from `#` on (which occurs in keys, too). Throws
/// std::runtime_error naming the line that is wrong and what was expected.
TapKey ParseTapKey(std::string_view text);

/// The same from a file, which is named as well.
TapKey ReadTapKey(const std::filesystem::path& file);

}  // namespace aircheck::supervisor

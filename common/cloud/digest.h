// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace aircheck::cloud {

using Sha256 = std::array<std::uint8_t, 32>;
using Md5 = std::array<std::uint8_t, 16>;

/// The digest of bytes that come in pieces. One thread.
template <typename Digest>
class Hasher {
public:
    /// Throws std::runtime_error where the system's library has switched the algorithm off.
    Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;
    ~Hasher();

    void Add(std::span<const std::byte> data);

    /// Of all that was added; then it begins anew.
    Digest Finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

extern template class Hasher<Sha256>;
extern template class Hasher<Md5>;

/// The first is what services compare, the second what a file is known by.
struct Digests {
    Md5 md5{};
    Sha256 sha256{};
};

Sha256 Sha256Of(std::string_view text);

/// The first `bytes` of `file`, wherever it is positioned. Throws std::system_error, and
/// std::runtime_error if the file is shorter.
Sha256 Sha256Of(int file, std::uint64_t bytes);

/// Likewise of [offset, offset + size). All is added to `whole`, too, if there is one.
Digests DigestsOf(int file, std::uint64_t offset, std::uint64_t size,
                  Hasher<Sha256>* whole = nullptr);

/// RFC 2104.
Sha256 HmacSha256(std::string_view key, std::string_view text);

/// Lower-case.
std::string Hex(std::span<const std::uint8_t> bytes);

}  // namespace aircheck::cloud

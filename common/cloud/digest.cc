// SPDX-License-Identifier: MIT
#include "common/cloud/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <vector>

#include "common/util/error.h"

namespace aircheck::cloud {
namespace {

constexpr std::size_t kReadBytes = 256 << 10;
constexpr std::string_view kDigits = "0123456789abcdef";

void Require(int success) {
    if (success != 1) throw std::runtime_error("libcrypto cannot make a digest");
}

const EVP_MD* Algorithm(const Sha256&) {
    return EVP_sha256();
}

const EVP_MD* Algorithm(const Md5&) {
    return EVP_md5();
}

/// Gives [offset, offset + size) of a file to `add`, piece by piece.
void ReadThrough(int file, std::uint64_t offset, std::uint64_t size,
                 const std::function<void(std::span<const std::byte>)>& add) {
    std::vector<std::byte> buffer(kReadBytes);
    for (std::uint64_t done = 0; done < size;) {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - done));
        const ssize_t got = ::pread(file, buffer.data(), wanted, static_cast<off_t>(offset + done));
        if (got < 0) util::ThrowErrno("cannot read a file for its checksum");
        if (got == 0) throw std::runtime_error("a file became shorter while it was read");
        add(std::span(buffer).first(static_cast<std::size_t>(got)));
        done += static_cast<std::uint64_t>(got);
    }
}

}  // namespace

template <typename Digest>
struct Hasher<Digest>::State {
    struct Free {
        void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    };

    void Begin() { Require(EVP_DigestInit_ex(context.get(), Algorithm(Digest{}), nullptr)); }

    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

template <typename Digest>
Hasher<Digest>::Hasher() : state_(std::make_unique<State>()) {
    state_->Begin();
}

template <typename Digest>
Hasher<Digest>::Hasher(Hasher&&) noexcept = default;

template <typename Digest>
Hasher<Digest>& Hasher<Digest>::operator=(Hasher&&) noexcept = default;

template <typename Digest>
Hasher<Digest>::~Hasher() = default;

template <typename Digest>
void Hasher<Digest>::Add(std::span<const std::byte> data) {
    Require(EVP_DigestUpdate(state_->context.get(), data.data(), data.size()));
}

template <typename Digest>
Digest Hasher<Digest>::Finish() {
    Digest digest{};
    Require(EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr));
    state_->Begin();
    return digest;
}

template class Hasher<Sha256>;
template class Hasher<Md5>;

Sha256 Sha256Of(std::string_view text) {
    Hasher<Sha256> hasher;
    hasher.Add(std::as_bytes(std::span(text)));
    return hasher.Finish();
}

Sha256 Sha256Of(int file, std::uint64_t bytes) {
    Hasher<Sha256> hasher;
    ReadThrough(file, 0, bytes, [&](std::span<const std::byte> data) { hasher.Add(data); });
    return hasher.Finish();
}

Digests DigestsOf(int file, std::uint64_t offset, std::uint64_t size, Hasher<Sha256>* whole) {
    Hasher<Md5> md5;
    Hasher<Sha256> sha256;
    ReadThrough(file, offset, size, [&](std::span<const std::byte> data) {
        md5.Add(data);
        sha256.Add(data);
        if (whole != nullptr) whole->Add(data);
    });
    return {md5.Finish(), sha256.Finish()};
}

Sha256 HmacSha256(std::string_view key, std::string_view text) {
    Sha256 digest{};
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
              nullptr))
        throw std::runtime_error("libcrypto cannot make a digest");
    return digest;
}

std::string Hex(std::span<const std::uint8_t> bytes) {
    std::string text;
    for (const auto byte : bytes) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

}  // namespace aircheck::cloud

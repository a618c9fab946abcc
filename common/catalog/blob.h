// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace aircheck::catalog {

/// Little-endian numbers in the catalog's blobs.
template <std::unsigned_integral T>
void PutNumber(std::vector<std::byte>& blob, T number) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
        blob.push_back(static_cast<std::byte>(number >> 8 * i));
}

/// `blob` holds at least the number's size.
template <std::unsigned_integral T>
T GetNumber(std::span<const std::byte> blob) {
    T number = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        number |= static_cast<T>(std::to_integer<T>(blob[i]) << 8 * i);
    return number;
}

}  // namespace aircheck::catalog

// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "common/audio/ogg_page.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

/// Checksums would keep a fuzzer from ever changing a page: after most mutations they are put
/// right.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
    size = LLVMFuzzerMutate(data, size, max_size);
    if (seed % 8 == 0) return size;
    auto rest = std::as_writable_bytes(std::span(data, size));
    while (!rest.empty()) {
        const auto page_size = aircheck::audio::OggPageSize(rest);
        if (!page_size || *page_size == 0 || *page_size > rest.size()) {
            rest = rest.subspan(1);
            continue;
        }
        aircheck::audio::OggPageHeader header;
        header.flags = std::to_integer<std::uint8_t>(rest[5]);
        std::memcpy(&header.granule, &rest[6], sizeof header.granule);
        std::memcpy(&header.serial, &rest[14], sizeof header.serial);
        std::memcpy(&header.sequence, &rest[18], sizeof header.sequence);
        aircheck::audio::RewriteOggPage(rest.first(*page_size), header);
        rest = rest.subspan(*page_size);
    }
    return size;
}

// SPDX-License-Identifier: MIT
#include "proto/beat.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// Input: a datagram, and what a person wrote. What is understood must come back equal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aircheck::proto;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (const auto name = DecodeBeat(input)) {
        if (!name->empty() && !IsBeatName(*name)) std::abort();
        if (DecodeBeat(EncodeBeat(*name)) != name) std::abort();
    }
    if (const auto id = ReadMachineId(input)) {
        if (ReadMachineId(*id) != id) std::abort();
    }
    return 0;
}

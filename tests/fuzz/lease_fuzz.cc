// SPDX-License-Identifier: MIT
#include "pruner/leases.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// Input: what lies in a bucket that others write to. What is a lease must come back equal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using aircheck::pruner::Lease;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto lease = Lease::Parse("5f3c00112233", input);
    if (lease && Lease::Parse("5f3c00112233", lease->Encode()) != lease) std::abort();
    return 0;
}

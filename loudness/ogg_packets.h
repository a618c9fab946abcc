// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace aircheck::loudness {

/// Calls `use` with each whole packet in these Ogg pages, one page after the other. Packets whose
/// beginning or end is not there are left out, and so is all behind what is no page.
void ForEachWholePacket(std::span<const std::byte> pages,
                        const std::function<void(std::span<const std::byte>)>& use);

/// All of them, copied: of a stream's header pages.
std::vector<std::vector<std::byte>> WholePackets(std::span<const std::byte> pages);

}  // namespace aircheck::loudness

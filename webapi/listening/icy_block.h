// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aircheck::webapi {

/// How many bytes of sound lie between two blocks: what players are used to.
inline constexpr std::uint64_t kIcyInterval = 16'000;

/// A metadata block as SHOUTcast has them: a byte that counts in sixteens, `StreamTitle='…';`, and
/// zeros. A title that does not fit ends at a character's border. Players take `';` for the end of
/// a title: within one the apostrophe becomes a typographic one.
std::string IcyBlock(std::string_view title);

/// One that says nothing new.
inline constexpr std::string_view kEmptyIcyBlock{"\0", 1};

}  // namespace aircheck::webapi

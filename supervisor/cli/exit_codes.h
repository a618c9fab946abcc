// SPDX-License-Identifier: MIT
#pragma once

namespace aircheck::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitError = 1;
inline constexpr int kExitUsage = 2;

}  // namespace aircheck::cli

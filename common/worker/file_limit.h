// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace aircheck::worker {

/// Lets this process open as many files as the system allows it to: a station takes two, a listener
/// likewise, and what processes are given by default is 1,024. Answers how many it may open now.
std::size_t RaiseFileLimit() noexcept;

}  // namespace aircheck::worker

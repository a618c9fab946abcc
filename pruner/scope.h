// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

namespace aircheck::pruner {

enum class Scope {
    kAll,        // age and space
    kSpaceOnly,  // nothing to do unless room is short
};

/// Called between any two steps of which the first alone would leave work for the next pass. Tests
/// break off there, by throwing.
using Checkpoint = std::function<void()>;

}  // namespace aircheck::pruner

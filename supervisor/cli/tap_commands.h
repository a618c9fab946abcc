// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace aircheck::cli {

/// Adds `tap`, `top` and `tap-key`. The one that is called sets `run`, which outlives the parsing.
void AddTapCommands(CLI::App& app, std::function<int()>& run);

}  // namespace aircheck::cli

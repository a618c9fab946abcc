// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

namespace aircheck::cli {

/// To standard output, at once.
void Put(const std::string& text);

struct ScreenSize {
    std::size_t columns = 80;
    std::size_t rows = 24;
};
ScreenSize TerminalSize();

/// The other screen of the terminal, so that the scroll-back stays as it was.
class Screen {
public:
    Screen();
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;
    ~Screen();

    /// Writes over what is there, line by line: clearing first would flicker.
    void Draw(const std::string& text);
};

}  // namespace aircheck::cli

// SPDX-License-Identifier: MIT
#include "supervisor/cli/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

#include "common/util/text.h"

namespace aircheck::cli {

void Put(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

ScreenSize TerminalSize() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return {};
    return {size.ws_col, size.ws_row};
}

Screen::Screen() {
    Put("\x1b[?1049h\x1b[?25l");
}

Screen::~Screen() {
    Put("\x1b[?25h\x1b[?1049l");
}

void Screen::Draw(const std::string& text) {
    std::string frame = "\x1b[H";
    for (const std::string_view line : util::Split(text, '\n')) {
        frame.append(line).append("\x1b[K\n");
    }
    frame.pop_back();  // behind the last line feed there is no further line
    Put(frame + "\x1b[J");
}

}  // namespace aircheck::cli

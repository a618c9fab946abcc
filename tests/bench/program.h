// SPDX-License-Identifier: MIT
// What the small programs of the benchmarks share.
#pragma once

#include <sys/resource.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace aircheck::bench {

[[noreturn]] inline void Fail(const char* what) {
    std::perror(what);
    std::exit(EXIT_FAILURE);
}

inline int Number(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

inline void RaiseFileLimit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) Fail("getrlimit");
    files.rlim_cur = files.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0) Fail("setrlimit");
}

}  // namespace aircheck::bench

// SPDX-License-Identifier: MIT
#include "common/worker/file_limit.h"

#include <sys/resource.h>

namespace aircheck::worker {

std::size_t RaiseFileLimit() noexcept {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
    const rlimit raised{files.rlim_max, files.rlim_max};
    return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : files.rlim_cur;
}

}  // namespace aircheck::worker

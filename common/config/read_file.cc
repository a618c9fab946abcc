// SPDX-License-Identifier: MIT
#include "common/config/read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "common/util/error.h"
#include "common/util/unique_fd.h"

namespace aircheck::config {

FileText ReadFile(const std::filesystem::path& path, std::size_t limit_bytes) {
    const auto fail = [&path](const std::string& why) {
        return FileText{{}, "cannot read " + path.string() + ": " + why};
    };
    const util::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return fail(util::ErrnoText(errno));
    FileText result;
    std::array<char, 16384> buffer;
    for (;;) {
        const auto count = ::read(file.get(), buffer.data(), buffer.size());
        if (count == 0) return result;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(util::ErrnoText(errno));
        result.text.append(buffer.data(), static_cast<std::size_t>(count));
        if (result.text.size() > limit_bytes) {
            return fail("it is longer than " + std::to_string(limit_bytes) + " bytes");
        }
    }
}

}  // namespace aircheck::config

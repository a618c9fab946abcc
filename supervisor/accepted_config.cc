// SPDX-License-Identifier: MIT
#include "supervisor/accepted_config.h"

#include <fcntl.h>
#include <unistd.h>

#include <system_error>

#include "common/util/error.h"
#include "common/util/unique_fd.h"

namespace aircheck::supervisor {

std::filesystem::path AcceptedConfigPath(const storage::Layout& layout, int generation) {
    return layout.Run() / ("accepted-" + std::to_string(generation) + ".yaml");
}

std::string WhyRefused(const config::LoadResult& loaded) {
    std::string text;
    for (const auto& problem : loaded.problems) text += (text.empty() ? "" : "; ") + problem.Text();
    return text;
}

void WriteAcceptedConfig(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::path fresh = path;
    fresh += ".new";
    ::unlink(fresh.c_str());
    const util::UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) util::ThrowErrno("cannot make " + fresh.string());
    for (std::size_t written = 0; written < text.size();) {
        const ssize_t more = ::write(fd.get(), text.data() + written, text.size() - written);
        if (more < 0) util::ThrowErrno("cannot write " + fresh.string());
        written += static_cast<std::size_t>(more);
    }
    std::filesystem::rename(fresh, path);
}

void ForgetAcceptedConfig(const std::filesystem::path& path) noexcept {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
}

}  // namespace aircheck::supervisor

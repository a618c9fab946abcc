// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <variant>

#include "common/util/unique_fd.h"

namespace aircheck::storage {

/// A PID file held with a lock for as long as this lives: a file without a lock on it is stale,
/// whoever has that number now. It appears whole or not at all, and is removed at the end.
class PidFile {
public:
    struct Holder {
        pid_t pid = 0;  // 0 if the file does not say
    };

    /// The file, or who holds it. Throws std::system_error if it cannot be written.
    static std::variant<PidFile, Holder> Acquire(const std::filesystem::path& path);

    /// Who holds the file now; nullopt if nobody does.
    static std::optional<Holder> Find(const std::filesystem::path& path);

    /// Removes a file that nobody holds; never throws.
    static void RemoveStale(const std::filesystem::path& path) noexcept;

    /// Gives the file another name, over one that may be there. Throws std::system_error.
    void Rename(const std::filesystem::path& path);

    PidFile(PidFile&&) noexcept = default;
    PidFile& operator=(PidFile&&) noexcept = delete;
    ~PidFile();

private:
    PidFile(std::filesystem::path path, util::UniqueFd fd);

    std::filesystem::path path_;
    util::UniqueFd fd_;
};

}  // namespace aircheck::storage

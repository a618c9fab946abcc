// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "common/util/unique_fd.h"

namespace aircheck::loudness {

/// Which segment is being decoded, in a file that outlives the process: bytes that a decoder dies
/// of are tried a few times, and not for ever. What ends the process otherwise counts as well, so
/// one death says nothing. Without the file (a full disk) nothing is remembered.
class Attempts {
public:
    static constexpr int kMost = 3;

    explicit Attempts(std::filesystem::path file) noexcept;
    Attempts(const Attempts&) = delete;
    Attempts& operator=(const Attempts&) = delete;

    /// Removes the file, if there is nothing to be remembered.
    ~Attempts();

    /// Whether so many processes have ended while they were busy with it.
    bool Hopeless(std::int64_t segment) const;

    void Begin(std::int64_t segment) noexcept { Write(segment); }
    void End() noexcept { Write(0); }

    /// Those that will not be tried again.
    void Forget(const std::function<bool(std::int64_t segment)>& is_done);

private:
    static constexpr std::size_t kRemembered = 31;

    struct Deaths {
        std::int64_t segment = 0;
        std::int64_t count = 0;

        bool operator==(const Deaths&) const = default;
    };
    struct Record {
        std::int64_t current = 0;
        std::array<Deaths, kRemembered> deaths;
    };

    void Count(std::int64_t segment);
    void Write(std::int64_t current) noexcept;
    void WriteAll() noexcept;

    const std::filesystem::path file_;
    util::UniqueFd fd_;
    Record record_;
};

}  // namespace aircheck::loudness

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace aircheck::storage {

/// From now on this thread gets the disk and the processor when nobody else wants them. Where the
/// system does not allow that, nothing changes.
void BeQuiet() noexcept;

/// The same, but of the processor only what is left when all others have what they want: for what
/// holds no lock that somebody waits for.
void BeIdle() noexcept;

/// Reading a whole file once pushes others' pages out of the system's memory. When this goes, so
/// do the file's, unless they were there before: then somebody else is reading it.
class PassingRead {
public:
    PassingRead(int file, std::uint64_t bytes) noexcept;
    PassingRead(const PassingRead&) = delete;
    PassingRead& operator=(const PassingRead&) = delete;
    ~PassingRead();

    bool was_in_memory() const { return was_in_memory_; }

private:
    const int file_;
    const bool was_in_memory_;
};

}  // namespace aircheck::storage

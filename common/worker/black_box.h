// SPDX-License-Identifier: MIT
#pragma once

#include "common/util/unique_fd.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace aircheck::worker {

/// What a worker leaves behind however it dies: its last log lines, and the stations whose bytes it
/// was busy with. Memory that the supervisor makes before it starts the worker, and both have
/// mapped. Without any (a worker that runs alone) all of this does nothing.
///
/// The supervisor's half trusts nothing that it reads: it takes whole lines, valid UTF-8 and
/// callsigns only, whatever the worker has done to this memory, at whichever instant it was killed.
class BlackBox {
public:
    static constexpr std::size_t kBytes = 64 * 1024;

    /// Of a line; the rest is cut off.
    static constexpr std::size_t kMaxLineBytes = 1012;
    static constexpr std::size_t kLastLines = 10;

    /// The threads that handle a station's bytes; each writes to its own slot only.
    enum class Slot { kLoop, kRepair };

    struct Contents {
        std::vector<std::string> last_lines;  // at most kLastLines, the newest last
        std::vector<std::string> stations;    // callsigns

        bool operator==(const Contents&) const = default;
    };

    /// None.
    BlackBox() = default;

    /// For a worker to be started; it inherits `fd`. Can neither shrink nor grow, so that reading
    /// never gets a SIGBUS. Throws std::system_error.
    static BlackBox Create();

    /// The one that this process was started with; closes `fd`, which is not needed any more. None
    /// if it is -1. Throws std::system_error or std::runtime_error if it is no black box.
    static BlackBox Inherit(int fd);

    int fd() const noexcept { return fd_.get(); }

    /// Keeps a line of the log. From any thread.
    void Log(std::string_view line) noexcept;

    /// Notes that the slot's thread is busy with `callsign`, with none if that is empty. Answers
    /// who it was before; the text of `callsign` must live until the next call.
    std::string_view Mark(Slot slot, std::string_view callsign) noexcept;

    Contents Read() const;

    /// The number of the line that was written last, from 1; 0: none.
    std::uint64_t Newest() const noexcept;

private:
    static constexpr std::size_t kSlots = 2;
    struct Memory;
    struct Unmap {
        void operator()(Memory* memory) const noexcept;
    };
    using Mapping = std::unique_ptr<Memory, Unmap>;

    BlackBox(util::UniqueFd fd, Mapping memory) noexcept;
    static Mapping Map(int fd);

    util::UniqueFd fd_;
    Mapping memory_;
    std::array<std::string_view, kSlots> marked_;
};

/// Notes in the black box whose bytes are handled for as long as this lives. They nest.
class Breadcrumb {
public:
    Breadcrumb(BlackBox& box, BlackBox::Slot slot, std::string_view callsign) noexcept
        : box_(box), slot_(slot), before_(box.Mark(slot, callsign)) {}
    Breadcrumb(const Breadcrumb&) = delete;
    Breadcrumb& operator=(const Breadcrumb&) = delete;
    ~Breadcrumb() { box_.Mark(slot_, before_); }

private:
    BlackBox& box_;
    const BlackBox::Slot slot_;
    const std::string_view before_;
};

}  // namespace aircheck::worker

// SPDX-License-Identifier: MIT
#include "common/worker/black_box.h"

#include "common/storage/paths.h"
#include "common/util/error.h"
#include "common/util/text.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>

namespace aircheck::worker {
namespace {

constexpr std::size_t kLines = 63;
constexpr std::size_t kCallsignBytes = 64;
constexpr std::uint64_t kSizeMask = 0xff;
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW;

/// A line counts while `number` is not 0. It is 0 while the text is being written, so that a
/// writer who is killed on the way leaves nothing.
struct Line {
    std::atomic<std::uint64_t> number;  // from 1; the newest has the highest
    std::uint32_t size;
    char text[BlackBox::kMaxLineBytes];
};

/// Likewise while the stamp's lowest byte, the text's size, is not 0. The rest counts, so that a
/// reader sees that the text has changed.
struct Note {
    std::atomic<std::uint64_t> stamp;
    char text[kCallsignBytes];
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shared between processes");

/// `text` without its end, if it is too long, and cut between two characters then.
std::string_view Cut(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text;
    const auto continues = [&] { return (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80; };
    const std::size_t longest = limit;
    while (limit > 0 && continues()) --limit;
    // What goes on for longer than any character does is no UTF-8.
    return text.substr(0, longest - limit < 4 ? limit : longest);
}

/// A copy of the text while `stamp` stays as it was; nullopt for a size that cannot be.
template <typename Entry>
std::optional<std::string> Copy(const Entry& entry, const std::atomic<std::uint64_t>& stamp,
                                std::uint64_t stamped, std::uint64_t size) {
    if (size > sizeof entry.text) return std::nullopt;
    std::string text(entry.text, size);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (stamp.load(std::memory_order_relaxed) != stamped) return std::nullopt;
    return text;
}

}  // namespace

struct BlackBox::Memory {
    std::atomic<std::uint64_t> newest;  // number of a line
    Note notes[kSlots];
    alignas(1024) Line lines[kLines];
};

void BlackBox::Unmap::operator()(Memory* memory) const noexcept {
    ::munmap(memory, kBytes);
}

BlackBox::BlackBox(util::UniqueFd fd, Mapping memory) noexcept
    : fd_(std::move(fd)), memory_(std::move(memory)) {}

BlackBox::Mapping BlackBox::Map(int fd) {
    static_assert(sizeof(Memory) == kBytes);
    void* memory = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) util::ThrowErrno("cannot map the black box");
    return Mapping(static_cast<Memory*>(memory));
}

BlackBox BlackBox::Create() {
    util::UniqueFd fd(::memfd_create("aircheck-black-box", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!fd || ::ftruncate(fd.get(), kBytes) != 0 || ::fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0)
        util::ThrowErrno("cannot make a black box");
    auto memory = Map(fd.get());
    return {std::move(fd), std::move(memory)};
}

BlackBox BlackBox::Inherit(int fd) {
    if (fd < 0) return {};
    const util::UniqueFd owned(fd);
    struct stat status {};
    const int seals = ::fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & kSeals) != kSeals || ::fstat(fd, &status) != 0 ||
        status.st_size != static_cast<off_t>(kBytes))
        throw std::runtime_error("descriptor " + std::to_string(fd) + " is no black box");
    return {util::UniqueFd(), Map(fd)};
}

void BlackBox::Log(std::string_view line) noexcept {
    if (!memory_) return;
    const std::uint64_t number = memory_->newest.load(std::memory_order_relaxed) + 1;
    const std::string_view text = Cut(util::Trim(line), kMaxLineBytes);
    Line& entry = memory_->lines[number % kLines];
    entry.number.store(0, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    std::memcpy(entry.text, text.data(), text.size());
    entry.size = static_cast<std::uint32_t>(text.size());
    entry.number.store(number, std::memory_order_release);
    memory_->newest.store(number, std::memory_order_release);
}

std::uint64_t BlackBox::Newest() const noexcept {
    return memory_ ? memory_->newest.load(std::memory_order_acquire) : 0;
}

std::string_view BlackBox::Mark(Slot slot, std::string_view callsign) noexcept {
    if (!memory_) return {};
    const auto index = static_cast<std::size_t>(slot);
    const std::string_view before = std::exchange(marked_[index], callsign);
    if (before.data() == callsign.data() && before.size() == callsign.size()) return before;
    Note& note = memory_->notes[index];
    const std::size_t size = std::min(callsign.size(), kCallsignBytes);
    const std::uint64_t stamp = (note.stamp.load(std::memory_order_relaxed) | kSizeMask) + 1;
    note.stamp.store(stamp, std::memory_order_relaxed);
    if (size == 0) return before;
    std::atomic_thread_fence(std::memory_order_release);
    std::memcpy(note.text, callsign.data(), size);
    note.stamp.store(stamp | size, std::memory_order_release);
    return before;
}

BlackBox::Contents BlackBox::Read() const {
    Contents contents;
    if (!memory_) return contents;
    std::vector<std::pair<std::uint64_t, std::string>> lines;
    for (const Line& line : memory_->lines) {
        const std::uint64_t number = line.number.load(std::memory_order_acquire);
        if (number == 0) continue;
        if (auto text = Copy(line, line.number, number, line.size))
            lines.emplace_back(number, util::CleanUtf8(*text));
    }
    std::ranges::sort(lines);
    const std::size_t kept = std::min(lines.size(), kLastLines);
    for (auto& [number, text] : std::span(lines).last(kept))
        contents.last_lines.push_back(std::move(text));
    for (const Note& note : memory_->notes) {
        const std::uint64_t stamp = note.stamp.load(std::memory_order_acquire);
        auto callsign = Copy(note, note.stamp, stamp, stamp & kSizeMask);
        if (callsign && storage::IsCallsign(*callsign)) contents.stations.push_back(*callsign);
    }
    return contents;
}

}  // namespace aircheck::worker

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/takeover/channel.h"
#include "common/util/unique_fd.h"

namespace aircheck::webapi {

/// What goes to another process beside the state in words: open files, which are known by their
/// numbers, and bytes, which are taken out in the order in which they were put in.
class Luggage {
public:
    Luggage() = default;
    explicit Luggage(takeover::Parcel parcel) : parcel_(std::move(parcel)) {}

    /// How many files there is still room for.
    std::size_t room() const { return takeover::Channel::kMaxFds - parcel_.fds.size(); }

    int PutFile(util::UniqueFd file);
    /// Of a file that others go on with. Nullopt if there are no descriptors left.
    std::optional<int> PutCopy(int file);
    void PutBytes(std::string_view bytes) { parcel_.bytes += bytes; }

    /// Empty if there is none of that number, or it has been taken already.
    util::UniqueFd TakeFile(int number);
    /// Nullopt if there are not so many.
    std::optional<std::string> TakeBytes(std::uint64_t count);

    takeover::Parcel Release() { return std::move(parcel_); }

private:
    takeover::Parcel parcel_;
    std::size_t taken_ = 0;  // of the bytes
};

}  // namespace aircheck::webapi

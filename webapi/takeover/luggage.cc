// SPDX-License-Identifier: MIT
#include "webapi/takeover/luggage.h"

#include <fcntl.h>

#include <utility>

namespace aircheck::webapi {

int Luggage::PutFile(util::UniqueFd file) {
    parcel_.fds.push_back(std::move(file));
    return static_cast<int>(parcel_.fds.size()) - 1;
}

std::optional<int> Luggage::PutCopy(int file) {
    util::UniqueFd copy(::fcntl(file, F_DUPFD_CLOEXEC, 0));
    if (!copy) return std::nullopt;
    return PutFile(std::move(copy));
}

util::UniqueFd Luggage::TakeFile(int number) {
    if (number < 0 || static_cast<std::size_t>(number) >= parcel_.fds.size()) return {};
    return std::move(parcel_.fds[static_cast<std::size_t>(number)]);
}

std::optional<std::string> Luggage::TakeBytes(std::uint64_t count) {
    if (count > parcel_.bytes.size() - taken_) return std::nullopt;
    const std::size_t from = std::exchange(taken_, taken_ + count);
    return parcel_.bytes.substr(from, count);
}

}  // namespace aircheck::webapi

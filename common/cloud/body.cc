// SPDX-License-Identifier: MIT
#include "common/cloud/body.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/cloud/error.h"
#include "common/util/error.h"

namespace aircheck::cloud {

std::size_t TextBody::Read(std::span<std::byte> into) {
    const std::size_t count = std::min(into.size(), text_.size() - done_);
    if (count > 0) std::memcpy(into.data(), text_.data() + done_, count);
    done_ += count;
    return count;
}

std::size_t FileBody::Read(std::span<std::byte> into) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - done_));
    if (wanted == 0) return 0;
    const ssize_t got = ::pread(file_, into.data(), wanted, static_cast<off_t>(offset_ + done_));
    if (got < 0)
        throw CloudError(CloudError::Kind::kChanged,
                         "the file cannot be read: " + util::ErrnoText(errno));
    if (got == 0)
        throw CloudError(CloudError::Kind::kChanged, "the file is shorter than it was said to be");
    done_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
}

}  // namespace aircheck::cloud

// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <utility>

#include "common/util/unique_fd.h"
#include "webapi/http/http.h"

namespace aircheck::webapi {

/// One whole file. Another process cannot go on with it: this one finishes it.
class FileBody final : public Body {
public:
    FileBody(util::UniqueFd file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

    boost::asio::awaitable<std::optional<Extent>> Next() override {
        if (std::exchange(given_, true)) co_return std::nullopt;
        co_return Extent{.fd = file_.get(), .offset = 0, .size = size_};
    }

private:
    const util::UniqueFd file_;
    const std::uint64_t size_;
    bool given_ = false;
};

}  // namespace aircheck::webapi

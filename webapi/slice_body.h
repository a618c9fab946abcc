// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "webapi/http.h"
#include "webapi/range.h"
#include "webapi/slice.h"

namespace aircheck::webapi {

/// The bytes of a slice, or a range of them, straight from its files.
class SliceBody final : public Body {
public:
    SliceBody(std::vector<Piece> pieces, ByteRange range);

    boost::asio::awaitable<std::optional<Extent>> Next() override;

private:
    std::vector<Piece> pieces_;
    std::size_t at_ = 0;
    std::uint64_t skip_;
    std::uint64_t left_;
};

}  // namespace aircheck::webapi

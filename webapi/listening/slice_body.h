// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "webapi/http/http.h"
#include "webapi/http/range.h"
#include "webapi/listening/slice.h"
#include "webapi/listening/slice_state.h"

namespace aircheck::webapi {

/// The bytes of a slice, or a range of them, straight from its files.
class SliceBody final : public Body {
public:
    SliceBody(std::vector<Piece> pieces, ByteRange range);

    /// Goes on as another process saved it. Nullptr if that makes no sense.
    static std::unique_ptr<SliceBody> Restore(const storage::Layout& layout,
                                              const SliceState& state, Luggage& luggage);

    boost::asio::awaitable<std::optional<Extent>> Next() override;
    bool Save(BodyState& state, Luggage& luggage) override;

private:
    std::vector<Piece> pieces_;
    std::size_t at_ = 0;
    std::uint64_t skip_;
    std::uint64_t left_;
};

}  // namespace aircheck::webapi

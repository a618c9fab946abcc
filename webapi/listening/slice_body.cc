// SPDX-License-Identifier: MIT
#include "webapi/listening/slice_body.h"

#include <algorithm>
#include <span>
#include <stdexcept>

namespace aircheck::webapi {

SliceBody::SliceBody(std::vector<Piece> pieces, ByteRange range)
    : pieces_(std::move(pieces)), skip_(range.first), left_(range.size) {}

std::unique_ptr<SliceBody> SliceBody::Restore(const storage::Layout& layout,
                                              const SliceState& state, Luggage& luggage) {
    auto pieces = RestorePieces(layout, state.pieces, luggage);
    if (!pieces) return nullptr;
    return std::make_unique<SliceBody>(std::move(*pieces), ByteRange{state.skip, state.left});
}

bool SliceBody::Save(BodyState& state, Luggage& luggage) {
    auto pieces = SavePieces(std::span(pieces_).subspan(at_), luggage);
    if (!pieces) return false;
    state.slice = {.pieces = std::move(*pieces), .skip = skip_, .left = left_};
    return true;
}

boost::asio::awaitable<std::optional<Extent>> SliceBody::Next() {
    if (at_ > 0) pieces_[at_ - 1].file.Close();
    while (left_ > 0 && at_ < pieces_.size()) {
        Piece& piece = pieces_[at_++];
        if (skip_ >= piece.size()) {
            skip_ -= piece.size();
            piece.file.Close();
            continue;
        }
        if (!piece.file) piece.file = OpenSegment(piece.path, piece.end.byte);
        if (!piece.file) throw std::runtime_error(piece.path + " went while it was sent");
        const std::uint64_t size = std::min(left_, piece.size() - skip_);
        const Extent extent{piece.file.get(), piece.begin.byte + skip_, size};
        skip_ = 0;
        left_ -= size;
        co_return extent;
    }
    co_return std::nullopt;
}

}  // namespace aircheck::webapi

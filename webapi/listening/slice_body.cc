// SPDX-License-Identifier: MIT
#include "webapi/listening/slice_body.h"

#include <algorithm>
#include <span>

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

/// With less than this left of a piece, the next one is fetched.
constexpr std::uint64_t kNearTheEnd = std::uint64_t{2} << 20;

void Close(Piece& piece) {
    piece.file.reset();
    piece.cloud.reset();
}

}  // namespace

SliceBody::SliceBody(const SoundSource& source, std::vector<Piece> pieces, ByteRange range)
    : source_(source), pieces_(std::move(pieces)), skip_(range.first), left_(range.size) {}

std::unique_ptr<SliceBody> SliceBody::Restore(const SoundSource& source, const SliceState& state,
                                              Luggage& luggage) {
    auto pieces = RestorePieces(source, state.pieces, luggage);
    if (!pieces) return nullptr;
    return std::make_unique<SliceBody>(source, std::move(*pieces),
                                       ByteRange{state.skip, state.left});
}

bool SliceBody::Save(BodyState& state, Luggage& luggage) {
    auto pieces = SavePieces(std::span(pieces_).subspan(at_), luggage);
    if (!pieces) return false;
    state.slice = {.pieces = std::move(*pieces), .skip = skip_, .left = left_};
    return true;
}

/// The piece that the next byte is of; nullptr at the end.
Piece* SliceBody::Present() {
    for (; left_ > 0 && at_ < pieces_.size(); ++at_) {
        Piece& piece = pieces_[at_];
        if (skip_ < piece.size()) return &piece;
        skip_ -= piece.size();
        Close(piece);
    }
    return nullptr;
}

asio::awaitable<void> SliceBody::Prepare() {
    if (Piece* piece = Present()) co_await source_.Prepare(*piece, piece->begin.byte + skip_, 1);
}

asio::awaitable<std::optional<Extent>> SliceBody::Next() {
    if (at_ > 0) Close(pieces_[at_ - 1]);
    Piece* piece = Present();
    if (piece == nullptr) co_return std::nullopt;
    if (!piece->file && !piece->cloud) co_await source_.Open(*piece);
    const std::uint64_t offset = piece->begin.byte + skip_;
    Extent extent{FileOf(*piece), offset, std::min(left_, piece->size() - skip_)};
    if (piece->cloud) {
        Foresee(*piece);
        extent = co_await source_.Take(*piece, cursor_, offset, extent.size);
    }
    left_ -= extent.size;
    skip_ += extent.size;
    if (piece->cloud && skip_ < piece->size()) co_return extent;
    skip_ = 0;
    ++at_;
    co_return extent;
}

std::uint64_t SliceBody::Skip(std::uint64_t bytes) {
    bytes = std::min(bytes, left_);
    skip_ += bytes;
    left_ -= bytes;
    return bytes;
}

void SliceBody::Foresee(const Piece& present) {
    const std::uint64_t here = present.size() - skip_;
    if (here > kNearTheEnd || here >= left_ || at_ + 1 >= pieces_.size()) return;
    source_.Foresee(pieces_[at_ + 1]);
}

}  // namespace aircheck::webapi

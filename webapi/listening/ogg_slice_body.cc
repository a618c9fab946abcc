// SPDX-License-Identifier: MIT
#include "webapi/listening/ogg_slice_body.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <span>
#include <stdexcept>

namespace aircheck::webapi {

namespace asio = boost::asio;

OggSliceBody::OggSliceBody(std::vector<Piece> pieces, ByteRange range)
    : pieces_(std::move(pieces)), skip_(range.first), left_(range.size) {}

std::unique_ptr<OggSliceBody> OggSliceBody::Restore(const storage::Layout& layout,
                                                    const SliceState& state, Luggage& luggage) {
    auto pieces = RestorePieces(layout, state.pieces, luggage);
    if (!pieces || !state.ogg) return nullptr;
    auto body =
        std::make_unique<OggSliceBody>(std::move(*pieces), ByteRange{state.skip, state.left});
    if (!body->relay_.Restore(state.ogg->relay, luggage)) return nullptr;
    const auto& rest = state.ogg->rest;
    if (!rest) return body;
    if (body->pieces_.empty() || !body->pieces_.front().file) return nullptr;
    const Piece& present = body->pieces_.front();
    body->rest_ = Extent{present.file.get(), rest->offset, rest->size};
    body->relay_.Resume(present.file.get(), present.segment);
    return body;
}

bool OggSliceBody::Save(BodyState& state, Luggage& luggage) {
    auto pieces = SavePieces(std::span(pieces_).subspan(at_), luggage);
    if (!pieces) return false;
    state.slice = {.pieces = std::move(*pieces), .skip = skip_, .left = left_};
    OggSliceState& ogg = state.slice->ogg.emplace();
    relay_.Save(ogg.relay, luggage);
    if (rest_) ogg.rest = {rest_->offset, rest_->size};
    return true;
}

asio::awaitable<std::optional<Extent>> OggSliceBody::Next() {
    while (left_ > 0 && at_ < pieces_.size()) {
        // Whatever is made here, others have their turn in between.
        co_await asio::post(asio::use_awaitable);
        std::string_view part = NextPart();
        const std::uint64_t skipped = std::min<std::uint64_t>(skip_, part.size());
        skip_ -= skipped;
        part.remove_prefix(skipped);
        part = part.substr(0, left_);
        left_ -= part.size();
        if (!part.empty()) co_return Extent{-1, 0, part.size(), part.data()};
    }
    co_return std::nullopt;
}

std::string_view OggSliceBody::NextPart() {
    Piece& piece = pieces_[at_];
    if (!rest_) {
        if (!piece.file) piece.file = OpenSegment(piece.path, piece.end.byte);
        if (!piece.file) throw std::runtime_error(piece.path + " went while it was sent");
        rest_ = Extent{piece.file.get(), piece.begin.byte, piece.size()};
        return relay_.Enter(piece.file.get(), piece.segment);
    }
    const std::string_view part = relay_.ReadToEnd(*rest_, LastOfStream());
    if (rest_->size == 0) {
        piece.file.Close();
        rest_.reset();
        ++at_;
    }
    return part;
}

bool OggSliceBody::LastOfStream() const {
    return at_ + 1 == pieces_.size() ||
           pieces_[at_ + 1].segment.format.setup != pieces_[at_].segment.format.setup;
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/listening/ogg_slice_body.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace aircheck::webapi {

namespace asio = boost::asio;

OggSliceBody::OggSliceBody(const SoundSource& source, std::vector<Piece> pieces, ByteRange range)
    : source_(source), pieces_(std::move(pieces)), skip_(range.first), left_(range.size) {}

std::unique_ptr<OggSliceBody> OggSliceBody::Restore(const SoundSource& source,
                                                    const SliceState& state, Luggage& luggage) {
    auto pieces = RestorePieces(source, state.pieces, luggage);
    if (!pieces || !state.ogg) return nullptr;
    auto body = std::make_unique<OggSliceBody>(source, std::move(*pieces),
                                               ByteRange{state.skip, state.left});
    if (!body->relay_.Restore(state.ogg->relay, luggage)) return nullptr;
    const auto& rest = state.ogg->rest;
    if (!rest) return body;
    if (body->pieces_.empty()) return nullptr;
    const Piece& present = body->pieces_.front();
    if (!present.file && !present.in_cloud) return nullptr;
    body->rest_ = Extent{FileOf(present), rest->offset, rest->size};
    body->resumes_ = present.in_cloud;
    if (!body->resumes_) body->relay_.Resume(FileOf(present), present.segment);
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
        const bool has = co_await HasNextPart();
        if (!has) co_return Extent{};
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

asio::awaitable<void> OggSliceBody::Prepare() {
    if (!pieces_.empty()) co_await source_.Prepare(pieces_.front(), pieces_.front().begin.byte, 1);
}

/// What the relay will read is there; false: to be asked again.
asio::awaitable<bool> OggSliceBody::HasNextPart() {
    Piece& piece = pieces_[at_];
    if (!piece.file && !piece.cloud) co_await source_.Open(piece);
    if (!piece.cloud) co_return true;
    const std::uint64_t offset = rest_ ? rest_->offset : piece.begin.byte;
    const std::uint64_t size = rest_ ? rest_->size : piece.size();
    const std::uint64_t least = std::min(size, rest_ ? OggRelay::kPartBytes : 1);
    const Extent here = co_await source_.Take(piece, cursor_, offset, size, least);
    if (here.size == 0) co_return false;
    if (rest_) rest_->fd = here.fd;
    if (std::exchange(resumes_, false)) relay_.Resume(here.fd, piece.segment);
    co_return true;
}

std::string_view OggSliceBody::NextPart() {
    Piece& piece = pieces_[at_];
    if (!rest_) {
        rest_ = Extent{FileOf(piece), piece.begin.byte, piece.size()};
        return relay_.Enter(FileOf(piece), piece.segment);
    }
    const std::string_view part = relay_.ReadToEnd(*rest_, LastOfStream());
    if (rest_->size == 0) {
        piece.file.reset();
        piece.cloud.reset();
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

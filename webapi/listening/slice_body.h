// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "webapi/http/http.h"
#include "webapi/http/range.h"
#include "webapi/listening/slice.h"
#include "webapi/listening/slice_state.h"
#include "webapi/listening/sound_source.h"

namespace aircheck::webapi {

/// The bytes of a slice, or a range of them, straight from its files.
class SliceBody final : public Body {
public:
    SliceBody(const SoundSource& source, std::vector<Piece> pieces, ByteRange range);

    /// Goes on as another process saved it. Nullptr if that makes no sense.
    static std::unique_ptr<SliceBody> Restore(const SoundSource& source, const SliceState& state,
                                              Luggage& luggage);

    boost::asio::awaitable<void> Prepare() override;
    boost::asio::awaitable<std::optional<Extent>> Next() override;
    std::uint64_t Skip(std::uint64_t bytes) override;
    bool Save(BodyState& state, Luggage& luggage) override;

private:
    Piece* Present();
    void Foresee(const Piece& present);

    const SoundSource& source_;
    std::vector<Piece> pieces_;
    std::size_t at_ = 0;
    std::uint64_t skip_;  // of the present piece
    std::uint64_t left_;
    CloudCursor cursor_;
};

}  // namespace aircheck::webapi

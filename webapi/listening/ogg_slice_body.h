// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "webapi/http/http.h"
#include "webapi/http/range.h"
#include "webapi/listening/ogg_relay.h"
#include "webapi/listening/slice.h"
#include "webapi/listening/slice_state.h"
#include "webapi/listening/sound_source.h"

namespace aircheck::webapi {

/// The bytes of an Ogg slice, or a range of them, as one stream of its own. A range is made by
/// making all that comes before it as well: it is the same whatever was asked for before.
class OggSliceBody final : public Body {
public:
    OggSliceBody(const SoundSource& source, std::vector<Piece> pieces, ByteRange range);

    /// Goes on as another process saved it. Nullptr if that makes no sense. Throws
    /// std::system_error if a file cannot be read.
    static std::unique_ptr<OggSliceBody> Restore(const SoundSource& source, const SliceState& state,
                                                 Luggage& luggage);

    boost::asio::awaitable<void> Prepare() override;
    boost::asio::awaitable<std::optional<Extent>> Next() override;
    bool Save(BodyState& state, Luggage& luggage) override;

private:
    boost::asio::awaitable<bool> HasNextPart();
    std::string_view NextPart();
    bool LastOfStream() const;

    const SoundSource& source_;
    std::vector<Piece> pieces_;
    std::size_t at_ = 0;
    std::optional<Extent> rest_;  // of the present piece
    CloudCursor cursor_;
    bool resumes_ = false;  // the relay still has to be told where it is
    OggRelay relay_;
    std::uint64_t skip_;
    std::uint64_t left_;
};

}  // namespace aircheck::webapi

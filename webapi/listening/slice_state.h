// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "webapi/listening/slice.h"
#include "webapi/listening/sound_source.h"
#include "webapi/takeover/luggage.h"
#include "webapi/takeover/takeover_state.h"

namespace aircheck::webapi {

/// What another process needs to send these pieces. Their open files move into the luggage.
/// Nullopt, with nothing changed, if there is no room for so many.
std::optional<std::vector<PieceState>> SavePieces(std::span<const Piece> pieces, Luggage& luggage);

/// The other direction. Nullopt if it makes no sense, if a path would leave the storage folder, or
/// if there is no cloud here.
std::optional<std::vector<Piece>> RestorePieces(const SoundSource& source,
                                                std::span<const PieceState> states,
                                                Luggage& luggage);

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/listening/slice_state.h"

#include <algorithm>
#include <stdexcept>
#include <system_error>

namespace aircheck::webapi {

namespace {

/// Some hundred bytes each, of the 4 MiB that a message may have.
constexpr std::size_t kMaxPieces = 4096;

}  // namespace

std::optional<std::vector<PieceState>> SavePieces(std::span<const Piece> pieces, Luggage& luggage) {
    const auto open = std::ranges::count_if(
        pieces, [](const Piece& piece) { return static_cast<bool>(piece.file); });
    if (static_cast<std::size_t>(open) > luggage.room() || pieces.size() > kMaxPieces)
        return std::nullopt;
    std::vector<PieceState> states;
    for (const Piece& piece : pieces) {
        PieceState& state = states.emplace_back();
        state.segment = SaveSegment(piece.segment);
        state.begin = piece.begin.byte;
        state.end = piece.end.byte;
        if (piece.file) {
            const auto number = luggage.PutCopy(piece.file->get());
            if (!number) return std::nullopt;
            state.file = *number;
        }
        if (piece.in_cloud) state.object = piece.segment.object;
    }
    return states;
}

std::optional<std::vector<Piece>> RestorePieces(const SoundSource& source,
                                                std::span<const PieceState> states,
                                                Luggage& luggage) try {
    std::vector<Piece> pieces;
    for (const PieceState& state : states) {
        auto segment = RestoreSegment(state.segment);
        if (!segment || state.begin > state.end) return std::nullopt;
        Piece& piece = pieces.emplace_back();
        static_cast<void>(source.reader().layout().Resolve(segment->path));
        piece.segment = std::move(*segment);
        piece.begin.byte = state.begin;
        piece.end.byte = state.end;
        piece.in_cloud = !state.object.empty();
        if (piece.in_cloud && source.cloud() == nullptr) return std::nullopt;
        piece.segment.object = state.object;
        if (util::UniqueFd taken = luggage.TakeFile(state.file))
            piece.file = source.files().Share(std::move(taken));
        if (state.file >= 0 && (!piece.file || piece.in_cloud)) return std::nullopt;
    }
    return pieces;
} catch (const std::invalid_argument&) {
    return std::nullopt;  // a path that leads out of the storage folder
} catch (const std::system_error&) {
    return std::nullopt;  // no file behind a descriptor
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/listening/sound_source.h"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

#include "common/util/error.h"

namespace aircheck::webapi {

namespace asio = boost::asio;
using catalog::SegmentState;

namespace {

/// What a border most often needs.
constexpr std::uint64_t kBorderBytes = 32 * 1024;

/// Of the piece that comes next.
constexpr std::uint64_t kForeseenBytes = std::uint64_t{1} << 20;

}  // namespace

int FileOf(const Piece& piece) {
    if (piece.cloud) return piece.cloud->fd();
    return piece.file ? piece.file->get() : -1;
}

Places SoundSource::places() const {
    const CloudReader* cloud = cloud_;
    return {reader_.layout(),
            [cloud](const catalog::Segment& segment) -> std::string {
                if (segment.state != SegmentState::kUploaded) return "";
                return cloud ? cloud->lost().CauseOf(segment.object) : timeline::kNoCloud;
            },
            files_};
}

std::shared_ptr<CloudSegment> SoundSource::OpenInCloud(const catalog::Segment& segment) const {
    if (cloud_ == nullptr) throw CloudFailure(CloudFailure::Kind::kLost, timeline::kNoCloud);
    return cloud_->Open(segment);
}

asio::awaitable<void> SoundSource::Settle(std::vector<Piece>& pieces) const {
    // All at once: each takes a round trip.
    for (Piece& piece : pieces) {
        if (!piece.begin_at && !piece.end_at) continue;
        if (!piece.cloud) piece.cloud = OpenInCloud(piece.segment);
        if (piece.begin_at) cloud_->Foresee(*piece.cloud, piece.begin.byte, kBorderBytes);
        if (piece.end_at) cloud_->Foresee(*piece.cloud, piece.end.byte, kBorderBytes);
    }
    bool emptied = false;
    for (Piece& piece : pieces) {
        if (!piece.begin_at && !piece.end_at) continue;
        co_await Settle(piece);
        // The first one is wanted at once, the others when their turn comes.
        if (&piece != &pieces.front()) piece.cloud.reset();
        emptied = emptied || piece.size() == 0;
    }
    if (emptied) std::erase_if(pieces, [](const Piece& piece) { return piece.size() == 0; });
}

asio::awaitable<void> SoundSource::Settle(Piece& piece) const {
    if (!piece.cloud) piece.cloud = OpenInCloud(piece.segment);
    co_await Find(piece, piece.begin_at, piece.begin);
    co_await Find(piece, piece.end_at, piece.end);
}

/// Tries with what is here, and fetches what that lacks.
asio::awaitable<void> SoundSource::Find(const Piece& piece, std::optional<Border>& at,
                                        Position& position) const {
    while (at) {
        std::optional<std::pair<std::uint64_t, std::uint64_t>> missing;
        const CloudSegment& cloud = *piece.cloud;
        const ReadSound read = [&](std::uint64_t offset, std::span<std::byte> into) -> std::size_t {
            const std::uint64_t here = cloud.Here(offset, into.size());
            if (here == 0) {
                missing = {offset, into.size()};
                return 0;
            }
            return FileReader(cloud.fd())(offset, into.first(static_cast<std::size_t>(here)));
        };
        const Position found = Locate(read, piece.segment, at->entry, at->sample);
        if (missing) {
            co_await cloud_->Prepare(*piece.cloud, missing->first, missing->second);
        } else {
            position = found;
            at.reset();
        }
    }
}

asio::awaitable<void> SoundSource::Prepare(Piece& piece, std::uint64_t offset,
                                           std::uint64_t size) const {
    if (!piece.in_cloud) co_return;
    if (!piece.cloud) piece.cloud = OpenInCloud(piece.segment);
    co_await cloud_->Prepare(*piece.cloud, offset, size);
}

asio::awaitable<void> SoundSource::Open(Piece& piece) const {
    if (piece.file || piece.cloud) co_return;
    const auto path = reader_.layout().Resolve(piece.segment.path);
    if (!piece.in_cloud) piece.file = files_->Open(path.native(), piece.end.byte);
    if (!piece.file && !piece.in_cloud) {
        const Places where = places();
        std::optional<Piece> found;
        const CatalogReader::Job job = [&](const catalog::Catalog* catalog) {
            if (catalog == nullptr) return;
            const auto now = catalog->FindSegment(piece.segment.id);
            if (now && now->take == piece.segment.take && now->bytes >= piece.end.byte)
                found = OpenPiece(*catalog, where, *now, 0, 0);
        };
        const bool ran = co_await reader_.Run(job);
        if (!ran || !found)
            throw std::runtime_error(piece.segment.path + " went while it was sent");
        piece.segment = std::move(found->segment);
        piece.file = std::move(found->file);
        piece.in_cloud = found->in_cloud;
    }
    if (piece.in_cloud) piece.cloud = OpenInCloud(piece.segment);
}

asio::awaitable<Extent> SoundSource::Take(const Piece& piece, CloudCursor& cursor,
                                          std::uint64_t offset, std::uint64_t size,
                                          std::uint64_t least) const {
    if (!piece.cloud) co_return Extent{FileOf(piece), offset, size};
    const std::uint64_t here = co_await cloud_->Await(*piece.cloud, cursor, offset, least, size);
    co_return Extent{piece.cloud->fd(), offset, here};
}

void SoundSource::Foresee(Piece& piece) const {
    if (!piece.in_cloud || cloud_ == nullptr) return;
    if (!piece.cloud) piece.cloud = OpenInCloud(piece.segment);
    cloud_->Foresee(*piece.cloud, piece.begin.byte, std::min(piece.size(), kForeseenBytes));
}

void SoundSource::Wake() const {
    if (cloud_ != nullptr) cloud_->Wake();
}

asio::awaitable<void> SoundSource::Prepare(CloudSegment& cloud, std::uint64_t offset,
                                           std::uint64_t size) const {
    co_await cloud_->Prepare(cloud, offset, size);
}

asio::awaitable<std::uint64_t> SoundSource::Await(CloudSegment& cloud, CloudCursor& cursor,
                                                  std::uint64_t offset, std::uint64_t size) const {
    co_return co_await cloud_->Await(cloud, cursor, offset, 1, size);
}

}  // namespace aircheck::webapi

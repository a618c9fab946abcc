// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <vector>

#include "webapi/catalog_reader.h"
#include "webapi/cloud/cloud_reader.h"
#include "webapi/http/http.h"
#include "webapi/listening/slice.h"

namespace aircheck::webapi {

/// Where the sound of pieces comes from: files on this disk, and what is fetched from the cloud.
/// Lives on the loop's thread.
class SoundSource {
public:
    /// `cloud`: nullptr if none is configured. Both outlive it.
    explicit SoundSource(CatalogReader& reader, CloudReader* cloud = nullptr)
        : reader_(reader), cloud_(cloud) {}

    CatalogReader& reader() const { return reader_; }
    const CloudReader* cloud() const { return cloud_; }
    OpenFiles& files() const { return *files_; }

    /// For look-ups, on any thread.
    Places places() const;

    /// Finds the borders of what is in the cloud, so that all sizes are known. Takes out pieces
    /// that turn out to be empty. Throws CloudFailure.
    boost::asio::awaitable<void> Settle(std::vector<Piece>& pieces) const;
    boost::asio::awaitable<void> Settle(Piece& piece) const;

    /// Makes sure that [offset, offset + size) of the piece's segment can be had, before anything
    /// is promised. Nothing to do for files. Throws CloudFailure.
    boost::asio::awaitable<void> Prepare(Piece& piece, std::uint64_t offset,
                                         std::uint64_t size) const;

    /// Opens a piece whose turn has come: by its segment's id where it is not any more what its
    /// path says, because it has been renamed, or has moved to the cloud. Throws
    /// std::runtime_error if it is nowhere.
    boost::asio::awaitable<void> Open(Piece& piece) const;

    /// The first bytes of [offset, offset + size) of an open piece, at least `least`; size 0 for
    /// "ask again". Throws CloudFailure.
    boost::asio::awaitable<Extent> Take(const Piece& piece, CloudCursor& cursor,
                                        std::uint64_t offset, std::uint64_t size,
                                        std::uint64_t least = 1) const;

    /// The piece will be wanted soon.
    void Foresee(Piece& piece) const;

    /// Whoever waits for the cloud is to look around.
    void Wake() const;

    /// The same for those who follow a segment. `cloud` was had from `OpenInCloud`.
    std::shared_ptr<CloudSegment> OpenInCloud(const catalog::Segment& segment) const;
    boost::asio::awaitable<void> Prepare(CloudSegment& cloud, std::uint64_t offset,
                                         std::uint64_t size) const;
    boost::asio::awaitable<std::uint64_t> Await(CloudSegment& cloud, CloudCursor& cursor,
                                                std::uint64_t offset, std::uint64_t size) const;

private:
    boost::asio::awaitable<void> Find(const Piece& piece, std::optional<Border>& at,
                                      Position& position) const;

    CatalogReader& reader_;
    CloudReader* const cloud_;
    const std::shared_ptr<OpenFiles> files_ = std::make_shared<OpenFiles>();
};

/// Of an open piece.
int FileOf(const Piece& piece);

}  // namespace aircheck::webapi

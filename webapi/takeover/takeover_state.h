// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/audio/ogg_writer.h"
#include "common/catalog/rows.h"

namespace aircheck::webapi {

// What web workers tell each other of a connection that goes from one to the other, as it stands
// in JSON. proto/README.md, "Taking over", has examples. Files are numbers of what comes along;
// bytes lie behind the JSON, in the order of the fields that count them.

/// Of a segment's row in the catalog, what somebody who plays it needs.
struct SegmentRow {
    std::int64_t id = 0;
    std::string station;
    std::string take;
    std::string path;  // relative to the storage folder
    bool open = false;
    std::int64_t start = 0;  // Unix time in microseconds
    std::int64_t end = 0;
    std::uint64_t bytes = 0;
    std::uint64_t setup_bytes = 0;
    std::string codec;
    std::uint32_t setup = 0;

    bool operator==(const SegmentRow&) const = default;
};

/// The header of an Ogg page.
struct PageState {
    int flags = 0;
    std::int64_t granule = 0;
    std::uint32_t serial = 0;
    std::uint32_t sequence = 0;

    bool operator==(const PageState&) const = default;
};

/// An OggRelay.
struct RelayState {
    std::optional<std::uint32_t> setup;
    std::uint32_t serial = 0;
    std::uint32_t sequence = 0;
    std::int64_t granule = 0;
    bool in_packet = false;
    std::uint32_t packet_samples = 0;
    std::uint32_t half_block = 0;
    std::optional<PageState> before;
    std::uint64_t bytes = 0;  // read, but not sent for want of the rest of their page

    bool operator==(const RelayState&) const = default;
};

/// What has been let through of the present file, but not been made into pages.
struct RestState {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;

    bool operator==(const RestState&) const = default;
};

/// An OggLiveBody, beside the LiveBody in it.
struct OggLiveState {
    RelayState relay;
    RestState rest;
    std::int64_t segment = -1;  // that the relay is in

    bool operator==(const OggLiveState&) const = default;
};

/// An IcyBody, beside the LiveBody in it.
struct IcyState {
    std::uint64_t interval = 0;     // bytes of sound between two blocks
    std::uint64_t until_block = 0;  // of these, still to come
    std::optional<std::string> title;
    RestState rest;

    bool operator==(const IcyState&) const = default;
};

/// A LiveBody.
struct LiveState {
    SegmentRow segment;
    int file = -1;       // with an object: of its bytes in the cache that have been let through
    std::string object;  // that it is read from in the cloud; "": it is a file here
    std::uint64_t entered = 0;
    std::uint64_t position = 0;
    std::int64_t lead = 0;         // microseconds
    std::int64_t begin = 0;        // nanoseconds on the machine's monotonic clock
    std::int64_t sent_before = 0;  // microseconds
    bool caught_up = false;
    bool over = false;
    std::optional<OggLiveState> ogg;
    std::optional<IcyState> icy;

    bool operator==(const LiveState&) const = default;
};

/// A Piece.
struct PieceState {
    SegmentRow segment;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    int file = -1;       // -1: opened when its turn comes
    std::string object;  // that it is read from in the cloud; "": it is a file here

    bool operator==(const PieceState&) const = default;
};

/// An OggSliceBody, beside its pieces.
struct OggSliceState {
    RelayState relay;
    std::optional<RestState> rest;  // of the first piece; none: not begun

    bool operator==(const OggSliceState&) const = default;
};

/// A SliceBody.
struct SliceState {
    std::vector<PieceState> pieces;
    std::uint64_t skip = 0;
    std::uint64_t left = 0;
    std::optional<OggSliceState> ogg;

    bool operator==(const SliceState&) const = default;
};

/// The unsent rest of a run of bytes in a file.
struct ExtentState {
    int file = -1;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;

    bool operator==(const ExtentState&) const = default;
};

struct RangeState {
    std::uint64_t first = 0;
    std::uint64_t size = 0;

    bool operator==(const RangeState&) const = default;
};

/// A MultipartBody.
struct MultipartState {
    SliceState slice;  // that is cut into parts
    std::string boundary;
    std::string type;
    std::uint64_t total = 0;
    std::vector<RangeState> ranges;  // that have not been sent to their end
    std::uint64_t position = 0;      // of what comes next: the rest, then the slice's
    std::optional<ExtentState> rest;
    std::uint64_t bytes = 0;  // the rest, if it is in no file
    bool begun = false;       // the head of the first range is out
    bool over = false;

    bool operator==(const MultipartState&) const = default;
};

/// A body: one of these.
struct BodyState {
    std::optional<LiveState> live;
    std::optional<SliceState> slice;
    std::optional<MultipartState> multipart;
    std::optional<bool> events;     // an EventsBody, if true: it begins anew
    std::optional<bool> backstage;  // with that: of one who may operate

    bool operator==(const BodyState&) const = default;
};

/// An answer that is being sent: some bytes, then the extent, then what the body makes.
struct AnswerState {
    std::uint64_t bytes = 0;
    bool endless = false;
    std::optional<ExtentState> extent;
    std::optional<BodyState> body;

    bool operator==(const AnswerState&) const = default;
};

/// A connection: the first of the files.
struct ConnectionState {
    bool fresh = false;       // it has not asked for anything yet
    bool closing = false;     // after this answer
    std::uint64_t bytes = 0;  // of requests, read and not answered
    std::optional<AnswerState> answer;

    bool operator==(const ConnectionState&) const = default;
};

/// What somebody says to a web worker's takeover socket.
struct Hail {
    std::optional<std::string> want;            // "listeners"; or
    std::optional<ConnectionState> connection;  // to be taken over

    bool operator==(const Hail&) const = default;
};

/// What it answers to each message, in order.
struct HailAnswer {
    std::optional<int> listeners;       // how many come along
    std::optional<bool> taken;          // true: it is its now; false: it has not touched it
    std::optional<std::string> reason;  // why not

    bool operator==(const HailAnswer&) const = default;
};

SegmentRow SaveSegment(const catalog::Segment& segment);
/// Nullopt if there is no such codec.
std::optional<catalog::Segment> RestoreSegment(const SegmentRow& state);

void SaveWriter(const audio::OggWriter::State& writer, RelayState& state);
audio::OggWriter::State RestoreWriter(const RelayState& state);

}  // namespace aircheck::webapi

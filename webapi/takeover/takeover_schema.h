// SPDX-License-Identifier: MIT
#pragma once

#include "proto/schema.h"
#include "webapi/takeover/takeover_state.h"

namespace aircheck::proto {

/// As in the other messages: each field once for both directions. Sizes and times stay well
/// within what a file and a clock can have, so that sums of them never overflow.

inline constexpr double kMaxOffset = 1e15;
inline constexpr double kMaxTime = 8e18;      // ns or us
inline constexpr double kMinGranule = -9e18;  // as stations send it

template <>
struct Schema<webapi::SegmentRow> {
    using T = webapi::SegmentRow;
    static constexpr auto kFields = std::tuple{
        Required("id", &T::id),
        RequiredName("station", &T::station),
        Required("take", &T::take),
        Required("path", &T::path),
        Optional("open", &T::open),
        Optional("start", &T::start, 0, kMaxTime),
        Optional("end", &T::end, 0, kMaxTime),
        Optional("bytes", &T::bytes, 0, kMaxOffset),
        Optional("setup_bytes", &T::setup_bytes, 0, kMaxOffset),
        Required("codec", &T::codec),
        Optional("setup", &T::setup),
    };
};

template <>
struct Schema<webapi::PageState> {
    using T = webapi::PageState;
    static constexpr auto kFields = std::tuple{
        Optional("flags", &T::flags, 0, 255),
        Optional("granule", &T::granule, kMinGranule),
        Optional("serial", &T::serial),
        Optional("sequence", &T::sequence),
    };
};

template <>
struct Schema<webapi::RelayState> {
    using T = webapi::RelayState;
    static constexpr auto kFields = std::tuple{
        Optional("setup", &T::setup),
        Optional("serial", &T::serial),
        Optional("sequence", &T::sequence),
        Optional("granule", &T::granule, kMinGranule),
        Optional("in_packet", &T::in_packet),
        Optional("packet_samples", &T::packet_samples),
        Optional("half_block", &T::half_block),
        Optional("before", &T::before),
        Optional("bytes", &T::bytes, 0, audio::kMaxOggPageBytes),
    };
};

template <>
struct Schema<webapi::RestState> {
    using T = webapi::RestState;
    static constexpr auto kFields = std::tuple{
        Optional("offset", &T::offset, 0, kMaxOffset),
        Optional("size", &T::size, 0, kMaxOffset),
    };
};

template <>
struct Schema<webapi::OggLiveState> {
    using T = webapi::OggLiveState;
    static constexpr auto kFields = std::tuple{
        Required("relay", &T::relay),
        Optional("rest", &T::rest),
        Optional("segment", &T::segment, -1),
    };
};

template <>
struct Schema<webapi::IcyState> {
    using T = webapi::IcyState;
    static constexpr auto kFields = std::tuple{
        Required("interval", &T::interval),
        Optional("until_block", &T::until_block),
        Optional("title", &T::title),
        Optional("rest", &T::rest),
    };
};

template <>
struct Schema<webapi::LiveState> {
    using T = webapi::LiveState;
    static constexpr auto kFields = std::tuple{
        Required("segment", &T::segment),
        Required("file", &T::file),
        Optional("object", &T::object),
        Required("entered", &T::entered),
        Required("position", &T::position),
        Optional("lead", &T::lead, 0, kMaxOffset),
        Optional("begin", &T::begin, 0, kMaxTime),
        Optional("sent_before", &T::sent_before, 0, kMaxOffset),
        Optional("caught_up", &T::caught_up),
        Optional("over", &T::over),
        Optional("ogg", &T::ogg),
        Optional("icy", &T::icy),
    };
};

template <>
struct Schema<webapi::PieceState> {
    using T = webapi::PieceState;
    static constexpr auto kFields = std::tuple{
        Required("segment", &T::segment), Required("begin", &T::begin),   Required("end", &T::end),
        Optional("file", &T::file, -1),   Optional("object", &T::object),
    };
};

template <>
struct Schema<webapi::OggSliceState> {
    using T = webapi::OggSliceState;
    static constexpr auto kFields = std::tuple{
        Required("relay", &T::relay),
        Optional("rest", &T::rest),
    };
};

template <>
struct Schema<webapi::SliceState> {
    using T = webapi::SliceState;
    static constexpr auto kFields = std::tuple{
        Required("pieces", &T::pieces),
        Optional("skip", &T::skip, 0, kMaxOffset),
        Required("left", &T::left),
        Optional("ogg", &T::ogg),
    };
};

template <>
struct Schema<webapi::ExtentState> {
    using T = webapi::ExtentState;
    static constexpr auto kFields = std::tuple{
        Required("file", &T::file),
        Optional("offset", &T::offset, 0, kMaxOffset),
        Optional("size", &T::size, 0, kMaxOffset),
    };
};

template <>
struct Schema<webapi::RangeState> {
    using T = webapi::RangeState;
    static constexpr auto kFields = std::tuple{
        Optional("first", &T::first, 0, kMaxOffset),
        Optional("size", &T::size, 0, kMaxOffset),
    };
};

template <>
struct Schema<webapi::MultipartState> {
    using T = webapi::MultipartState;
    static constexpr auto kFields = std::tuple{
        Required("slice", &T::slice),   Required("boundary", &T::boundary),
        Required("type", &T::type),     Optional("total", &T::total, 0, kMaxOffset),
        Required("ranges", &T::ranges), Optional("position", &T::position, 0, kMaxOffset),
        Optional("rest", &T::rest),     Optional("bytes", &T::bytes, 0, kMaxOffset),
        Optional("begun", &T::begun),   Optional("over", &T::over),
    };
};

template <>
struct Schema<webapi::BodyState> {
    using T = webapi::BodyState;
    static constexpr auto kFields = std::tuple{
        Optional("live", &T::live),           Optional("slice", &T::slice),
        Optional("multipart", &T::multipart), Optional("events", &T::events),
        Optional("backstage", &T::backstage),
    };
};

template <>
struct Schema<webapi::AnswerState> {
    using T = webapi::AnswerState;
    static constexpr auto kFields = std::tuple{
        Optional("bytes", &T::bytes, 0, kMaxOffset),
        Optional("endless", &T::endless),
        Optional("extent", &T::extent),
        Optional("body", &T::body),
    };
};

template <>
struct Schema<webapi::ConnectionState> {
    using T = webapi::ConnectionState;
    static constexpr auto kFields = std::tuple{
        Optional("fresh", &T::fresh),
        Optional("closing", &T::closing),
        Optional("bytes", &T::bytes, 0, kMaxOffset),
        Optional("answer", &T::answer),
    };
};

template <>
struct Schema<webapi::Hail> {
    using T = webapi::Hail;
    static constexpr auto kFields = std::tuple{
        Optional("want", &T::want),
        Optional("connection", &T::connection),
    };
};

template <>
struct Schema<webapi::HailAnswer> {
    using T = webapi::HailAnswer;
    static constexpr auto kFields = std::tuple{
        Optional("listeners", &T::listeners),
        Optional("taken", &T::taken),
        Optional("reason", &T::reason),
    };
};

}  // namespace aircheck::proto

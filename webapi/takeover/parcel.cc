// SPDX-License-Identifier: MIT
#include "webapi/takeover/parcel.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include "common/util/error.h"
#include "proto/parse.h"
#include "proto/writer.h"
#include "webapi/events/events_body.h"
#include "webapi/listening/icy_body.h"
#include "webapi/listening/live_body.h"
#include "webapi/listening/multipart_body.h"
#include "webapi/listening/ogg_live_body.h"
#include "webapi/listening/ogg_slice_body.h"
#include "webapi/listening/slice_body.h"
#include "webapi/takeover/luggage.h"
#include "webapi/takeover/takeover_schema.h"

namespace aircheck::webapi {

namespace {

/// What bodies add behind the JSON: some pages of Ogg, or the headers of one stream, and a page.
constexpr std::size_t kMaxOfBody = std::size_t{2} << 20;
constexpr std::size_t kMaxPayload =
    takeover::Channel::kMaxBytes - proto::kMaxMessageBytes - kMaxOfBody;

template <typename T>
std::variant<T, std::string> Decode(std::string_view text) {
    auto parsed = proto::ParseAs<T>(text);
    if (auto* error = std::get_if<proto::DecodeError>(&parsed)) return std::move(error->reason);
    return std::move(std::get<T>(parsed));
}

bool IsStream(int socket) {
    int type = 0;
    socklen_t size = sizeof type;
    return ::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/// Nullptr if it makes no sense.
std::unique_ptr<Body> RestoreBody(const BodyState& state, Luggage& luggage,
                                  const BodyParts& parts) {
    if (const auto& live = state.live) {
        auto body = LiveBody::Restore(parts.hub, parts.clock, *live, luggage);
        if (body && live->ogg) return OggLiveBody::Restore(std::move(*body), *live->ogg, luggage);
        if (body && live->icy) {
            const TitleFollower titles(parts.hub, parts.source.reader(), parts.clock);
            return IcyBody::Restore(std::move(*body), titles, *live->icy);
        }
        return body;
    }
    if (state.events.value_or(false)) {
        const bool backstage = state.backstage.value_or(false);
        return std::make_unique<EventsBody>(parts.events,
                                            backstage ? Watcher::kOperator : Watcher::kAnybody);
    }
    const SoundSource& source = parts.source;
    if (state.multipart) return MultipartBody::Restore(source, *state.multipart, luggage);
    if (!state.slice) return nullptr;
    if (state.slice->ogg) return OggSliceBody::Restore(source, *state.slice, luggage);
    return SliceBody::Restore(source, *state.slice, luggage);
}

/// False if it makes no sense.
bool RestoreAnswer(const AnswerState& state, Luggage& luggage, const BodyParts& parts,
                   Outgoing& outgoing) {
    auto text = luggage.TakeBytes(state.bytes);
    if (!text) return false;
    outgoing.text = std::move(*text);
    outgoing.endless = state.endless;
    if (const auto& extent = state.extent) {
        outgoing.file = luggage.TakeFile(extent->file);
        if (!outgoing.file) return false;
        outgoing.extent = {outgoing.file.get(), extent->offset, extent->size};
    }
    if (!state.body) return true;
    outgoing.body = RestoreBody(*state.body, luggage, parts);
    return outgoing.body != nullptr;
}

/// False, with nothing changed, if it cannot be.
bool SaveAnswer(Outgoing& outgoing, Luggage& luggage, AnswerState& state) {
    if (outgoing.extent.size > 0) {
        // The body may hold the file as well, and still need it if this comes to nothing.
        const auto file = luggage.PutCopy(outgoing.extent.fd);
        if (!file) return false;
        state.extent = {*file, outgoing.extent.offset, outgoing.extent.size};
    }
    const std::string_view text = std::string_view(outgoing.text).substr(outgoing.text_sent);
    luggage.PutBytes(text);
    state.bytes = text.size();
    state.endless = outgoing.endless;
    return !outgoing.body || outgoing.body->Save(state.body.emplace(), luggage);
}

}  // namespace

std::variant<HailText, std::string> DecodeHail(std::string_view text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    auto decoded = Decode<Hail>(text.substr(0, end));
    if (auto* reason = std::get_if<std::string>(&decoded)) return std::move(*reason);
    return HailText{std::move(std::get<Hail>(decoded)),
                    text.substr(std::min(end + 1, text.size()))};
}

std::variant<HailAnswer, std::string> DecodeHailAnswer(std::string_view text) {
    return Decode<HailAnswer>(text);
}

std::string Encode(const Hail& hail) {
    return proto::Writer().Message(hail);
}

std::string Encode(const HailAnswer& answer) {
    return proto::Writer().Message(answer);
}

std::optional<takeover::Parcel> Pack(Standing& standing) {
    Outgoing& outgoing = standing.outgoing;
    util::UniqueFd socket(::fcntl(standing.socket.get(), F_DUPFD_CLOEXEC, 0));
    if (!socket || standing.received.size() + outgoing.text.size() > kMaxPayload)
        return std::nullopt;
    Hail hail;
    ConnectionState& state = hail.connection.emplace();
    state.fresh = standing.fresh;
    state.closing = standing.closing;
    state.bytes = standing.received.size();
    Luggage luggage;
    luggage.PutFile(std::move(socket));
    luggage.PutBytes(standing.received);
    const bool answering = !outgoing.text.empty() || outgoing.extent.size > 0 || outgoing.body;
    if (answering && !SaveAnswer(outgoing, luggage, state.answer.emplace())) return std::nullopt;
    takeover::Parcel parcel = luggage.Release();
    parcel.bytes.insert(0, Encode(hail) + "\n");
    standing.socket.Close();
    return parcel;
}

std::variant<Standing, std::string> Unpack(const HailText& hail, std::vector<util::UniqueFd> files,
                                           const BodyParts& parts) {
    if (!hail.hail.connection) return "there is no connection";
    const ConnectionState& state = *hail.hail.connection;
    Luggage luggage({std::string(hail.bytes), std::move(files)});
    Standing standing;
    standing.socket = luggage.TakeFile(0);
    if (!standing.socket || !IsStream(standing.socket.get())) return "the connection is no socket";
    standing.fresh = state.fresh;
    standing.closing = state.closing;
    auto received = luggage.TakeBytes(state.bytes);
    if (!received) return "bytes are missing";
    standing.received = std::move(*received);
    try {
        if (state.answer && !RestoreAnswer(*state.answer, luggage, parts, standing.outgoing))
            return "the answer makes no sense";
    } catch (const std::exception& error) {
        return util::DescribeException(error);
    }
    return standing;
}

std::variant<Standing, std::string> Unpack(takeover::Parcel parcel, const BodyParts& parts) {
    const auto decoded = DecodeHail(parcel.bytes);
    if (const auto* reason = std::get_if<std::string>(&decoded)) return *reason;
    return Unpack(std::get<HailText>(decoded), std::move(parcel.fds), parts);
}

}  // namespace aircheck::webapi

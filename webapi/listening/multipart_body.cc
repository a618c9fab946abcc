// SPDX-License-Identifier: MIT
#include "webapi/listening/multipart_body.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "common/log/log.h"
#include "webapi/listening/ogg_slice_body.h"
#include "webapi/listening/slice_body.h"

namespace aircheck::webapi {

namespace {

/// In order, apart from one another, and not beyond the end.
bool MakeSense(const Multipart& parts) {
    std::uint64_t end = 0;
    for (const ByteRange& range : parts.ranges) {
        if (range.size == 0 || range.first < end || range.first > parts.total ||
            range.size > parts.total - range.first)
            return false;
        end = range.end();
    }
    return true;
}

}  // namespace

std::string Multipart::ContentType() const {
    return "multipart/byteranges; boundary=" + boundary;
}

std::string Multipart::Head(const ByteRange& range) const {
    return fmt::format("\r\n--{}\r\nContent-Type: {}\r\nContent-Range: bytes {}-{}/{}\r\n\r\n",
                       boundary, part_type, range.first, range.end() - 1, total);
}

std::string Multipart::Tail() const {
    return "\r\n--" + boundary + "--\r\n";
}

std::uint64_t Multipart::Length() const {
    std::uint64_t length = Tail().size();
    for (const ByteRange& range : ranges) length += Head(range).size() + range.size;
    return length;
}

ByteRange Multipart::Span() const {
    return {ranges.front().first, ranges.back().end() - ranges.front().first};
}

MultipartBody::MultipartBody(Multipart parts, std::unique_ptr<Body> source)
    : parts_(std::move(parts)),
      source_(std::move(source)),
      position_(parts_.ranges.empty() ? 0 : parts_.ranges.front().first) {}

std::unique_ptr<MultipartBody> MultipartBody::Restore(const SoundSource& source,
                                                      const MultipartState& state,
                                                      Luggage& luggage) {
    Multipart parts{state.boundary, state.type, state.total, {}};
    for (const RangeState& range : state.ranges) parts.ranges.push_back({range.first, range.size});
    if (!MakeSense(parts)) return nullptr;
    auto body = std::make_unique<MultipartBody>(std::move(parts), nullptr);
    body->position_ = state.position;
    body->begun_ = state.begun;
    body->over_ = state.over;
    if (!body->RestoreRest(state, luggage)) return nullptr;
    if (state.slice.ogg) {
        body->source_ = OggSliceBody::Restore(source, state.slice, luggage);
    } else {
        body->source_ = SliceBody::Restore(source, state.slice, luggage);
    }
    return body->source_ ? std::move(body) : nullptr;
}

bool MultipartBody::Save(BodyState& state, Luggage& luggage) {
    MultipartState saved;
    BodyState source;
    if (!SaveRest(saved, luggage) || !source_->Save(source, luggage)) return false;
    saved.slice = std::move(*source.slice);
    saved.boundary = parts_.boundary;
    saved.type = parts_.part_type;
    saved.total = parts_.total;
    for (std::size_t i = at_; i < parts_.ranges.size(); ++i)
        saved.ranges.push_back({parts_.ranges[i].first, parts_.ranges[i].size});
    saved.position = position_;
    saved.begun = begun_;
    saved.over = over_;
    state.multipart = std::move(saved);
    return true;
}

bool MultipartBody::SaveRest(MultipartState& state, Luggage& luggage) const {
    if (rest_.size == 0) return true;
    if (rest_.memory != nullptr) {
        luggage.PutBytes({rest_.memory, rest_.size});
        state.bytes = rest_.size;
        return true;
    }
    if (luggage.room() == 0) return false;
    const auto file = luggage.PutCopy(rest_.fd);
    if (!file) return false;
    state.rest = {*file, rest_.offset, rest_.size};
    return true;
}

bool MultipartBody::RestoreRest(const MultipartState& state, Luggage& luggage) {
    auto bytes = luggage.TakeBytes(state.bytes);
    if (!bytes) return false;
    memory_ = std::move(*bytes);
    if (!memory_.empty()) rest_ = {-1, 0, memory_.size(), memory_.data()};
    if (!state.rest) return true;
    file_ = luggage.TakeFile(state.rest->file);
    rest_ = {file_.get(), state.rest->offset, state.rest->size};
    return static_cast<bool>(file_);
}

boost::asio::awaitable<void> MultipartBody::Prepare() {
    co_await source_->Prepare();
}

boost::asio::awaitable<std::optional<Extent>> MultipartBody::Next() {
    while (at_ < parts_.ranges.size()) {
        const ByteRange& range = parts_.ranges[at_];
        if (!begun_) {
            begun_ = true;
            co_return Text(parts_.Head(range));
        }
        if (position_ >= range.end()) {
            begun_ = false;
            ++at_;
        } else if (rest_.size == 0 && position_ < range.first && SkipOfSource(range.first)) {
            continue;
        } else if (rest_.size == 0) {
            const std::optional<Extent> next = co_await source_->Next();
            if (!next) throw std::runtime_error("a slice became shorter while it was sent");
            if (next->size == 0) co_return *next;
            rest_ = *next;
            file_.Close();
        } else if (position_ < range.first) {
            TakeOfSource(range.first - position_);
        } else {
            co_return TakeOfSource(range.end() - position_);
        }
    }
    if (std::exchange(over_, true)) co_return std::nullopt;
    co_return Text(parts_.Tail());
}

Extent MultipartBody::Text(std::string text) {
    text_ = std::move(text);
    return {-1, 0, text_.size(), text_.data()};
}

/// What the source need not even read. False if it has to.
bool MultipartBody::SkipOfSource(std::uint64_t to) {
    const std::uint64_t skipped = source_->Skip(to - position_);
    position_ += skipped;
    return skipped > 0;
}

/// From the front of the rest: at most `bytes`.
Extent MultipartBody::TakeOfSource(std::uint64_t bytes) {
    Extent front = rest_;
    front.size = std::min(front.size, bytes);
    rest_.size -= front.size;
    rest_.offset += front.size;
    if (rest_.memory != nullptr) rest_.memory += front.size;
    position_ += front.size;
    return front;
}

}  // namespace aircheck::webapi

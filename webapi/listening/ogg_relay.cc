// SPDX-License-Identifier: MIT
#include "webapi/listening/ogg_relay.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <stdexcept>

#include "common/util/error.h"

namespace aircheck::webapi {
namespace {

void ReadWhole(int file, std::uint64_t offset, std::span<std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t got = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) util::ThrowErrno("cannot read a segment");
        if (got == 0) throw std::runtime_error("a segment was cut while it was sent");
        offset += static_cast<std::uint64_t>(got);
        bytes = bytes.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace

std::string_view OggRelay::Enter(int file, const catalog::Segment& segment) {
    buffer_.clear();
    sent_ = 0;
    Resume(file, segment);
    if (setup_ == segment.format.setup) return {};
    setup_ = segment.format.setup;
    buffer_.resize(segment.setup_bytes);
    ReadWhole(file, 0, buffer_);
    writer_.Begin(buffer_);
    return Send(buffer_.size());
}

std::string_view OggRelay::Read(Extent& extent) {
    Fill(extent);
    return Send(writer_.Rewrite(buffer_, false));
}

std::string_view OggRelay::ReadToEnd(Extent& extent, bool last) {
    Fill(extent);
    const bool end = extent.size == 0;
    const std::size_t rewritten = writer_.Rewrite(buffer_, end && last);
    return Send(end ? buffer_.size() : rewritten);
}

void OggRelay::Save(RelayState& state, Luggage& luggage) const {
    state.setup = setup_;
    SaveWriter(restored_ ? *restored_ : writer_.state(), state);
    const std::string_view bytes(reinterpret_cast<const char*>(buffer_.data()), buffer_.size());
    luggage.PutBytes(bytes.substr(sent_));
    state.bytes = bytes.size() - sent_;
}

bool OggRelay::Restore(const RelayState& state, Luggage& luggage) {
    const auto held = luggage.TakeBytes(state.bytes);
    if (!held || held->size() >= audio::kMaxOggPageBytes) return false;
    const auto bytes = std::as_bytes(std::span(*held));
    buffer_.assign(bytes.begin(), bytes.end());
    sent_ = 0;
    setup_ = state.setup;
    restored_ = RestoreWriter(state);
    return true;
}

/// Segments with the same digest have the same setup, so that it need not be carried along.
void OggRelay::Resume(int file, const catalog::Segment& segment) {
    if (!restored_) return;
    std::vector<std::byte> setup;
    if (setup_ == segment.format.setup) {
        if (segment.setup_bytes > audio::OggHeaders::kMaxBytes)
            throw std::runtime_error("the setup of a segment is too long");
        setup.resize(segment.setup_bytes);
        ReadWhole(file, 0, setup);
    }
    writer_.Resume(*restored_, setup);
    restored_.reset();
}

/// Appends the next bytes to those that wait for the rest of their page.
void OggRelay::Fill(Extent& extent) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(sent_));
    const std::size_t held = buffer_.size();
    const std::uint64_t bytes = std::min(extent.size, kPartBytes - held);
    buffer_.resize(held + bytes);
    ReadWhole(extent.fd, extent.offset, std::span(buffer_).subspan(held));
    extent.offset += bytes;
    extent.size -= bytes;
}

std::string_view OggRelay::Send(std::size_t bytes) {
    sent_ = bytes;
    return {reinterpret_cast<const char*>(buffer_.data()), bytes};
}

}  // namespace aircheck::webapi

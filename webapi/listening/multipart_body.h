// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/util/unique_fd.h"
#include "webapi/http/http.h"
#include "webapi/http/range.h"
#include "webapi/listening/sound_source.h"
#include "webapi/takeover/takeover_state.h"

namespace aircheck::webapi {

/// Several ranges of one thing as multipart/byteranges (RFC 9110, 14.6).
struct Multipart {
    std::string boundary;
    std::string part_type;          // what each part's Content-Type says
    std::uint64_t total = 0;        // bytes of the thing
    std::vector<ByteRange> ranges;  // in order, apart from one another

    std::string ContentType() const;
    std::string Head(const ByteRange& range) const;
    std::string Tail() const;

    /// Of the body, in bytes.
    std::uint64_t Length() const;

    /// Of the thing: from the first byte asked for to the last one.
    ByteRange Span() const;
};

/// Cuts what another body sends into parts. Nothing is copied: what lies between the parts is not
/// asked for by the kernel.
class MultipartBody final : public Body {
public:
    /// `source` sends the whole span.
    MultipartBody(Multipart parts, std::unique_ptr<Body> source);

    /// Goes on as another process saved it. Nullptr if that makes no sense.
    static std::unique_ptr<MultipartBody> Restore(const SoundSource& source,
                                                  const MultipartState& state, Luggage& luggage);

    boost::asio::awaitable<void> Prepare() override;
    boost::asio::awaitable<std::optional<Extent>> Next() override;
    bool Save(BodyState& state, Luggage& luggage) override;

private:
    Extent Text(std::string text);
    bool SkipOfSource(std::uint64_t to);
    Extent TakeOfSource(std::uint64_t bytes);
    bool SaveRest(MultipartState& state, Luggage& luggage) const;
    bool RestoreRest(const MultipartState& state, Luggage& luggage);

    Multipart parts_;
    std::unique_ptr<Body> source_;
    std::uint64_t position_;  // in the thing, of what comes next from the source
    Extent rest_;             // of the source's last extent
    util::UniqueFd file_;     // of `rest_`, where the source does not hold it
    std::string memory_;      // likewise
    std::string text_;        // of the present extent
    std::size_t at_ = 0;      // of the ranges
    bool begun_ = false;      // the present one's head is out
    bool over_ = false;
};

}  // namespace aircheck::webapi

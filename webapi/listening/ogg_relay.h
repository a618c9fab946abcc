// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/audio/ogg_writer.h"
#include "common/catalog/rows.h"
#include "webapi/http/http.h"
#include "webapi/takeover/luggage.h"
#include "webapi/takeover/takeover_state.h"

namespace aircheck::webapi {

/// Makes what one listener gets out of pieces of recorded Ogg: the setup where it changes, and the
/// pages rewritten, a part at a time. Sizes stay as they are in the files. Reads files as sendfile
/// does for other codecs, in the loop. Throws std::system_error if one cannot be read.
class OggRelay {
public:
    /// Read at most by one call. Room for a whole page in any case.
    static constexpr std::uint64_t kPartBytes = std::uint64_t{128} * 1024;
    static_assert(kPartBytes > audio::kMaxOggPageBytes);

    /// Goes on with this segment, from one of its frames' borders on. Returns its setup, to be sent
    /// first, if it is another one than before. All that is returned is valid until the next call.
    std::string_view Enter(int file, const catalog::Segment& segment);

    /// Takes some bytes from the front of the extent, and returns those that can be sent of all
    /// that was taken, which may be none: pages are sent whole.
    std::string_view Read(Extent& extent);

    /// The same for an extent that ends with a page. All of it is sent in the end. `last`: so does
    /// the logical stream.
    std::string_view ReadToEnd(Extent& extent, bool last);

    /// For another process to go on behind what has been returned.
    void Save(RelayState& state, Luggage& luggage) const;

    /// Goes on so. False if it makes no sense. Within a segment `Resume` has to follow.
    bool Restore(const RelayState& state, Luggage& luggage);
    void Resume(int file, const catalog::Segment& segment);

private:
    void Fill(Extent& extent);
    std::string_view Send(std::size_t bytes);

    audio::OggWriter writer_;
    std::optional<std::uint32_t> setup_;
    std::vector<std::byte> buffer_;
    std::size_t sent_ = 0;                             // of the buffer
    std::optional<audio::OggWriter::State> restored_;  // for the writer, once the setup is known
};

}  // namespace aircheck::webapi

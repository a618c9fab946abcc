// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/util/text.h"
#include "webapi/spoken/spoken_time.h"

namespace {

using namespace aircheck;

constexpr std::size_t kMaxPart = 160;  // 80 bytes of Latin-1 in UTF-8

template <typename Value>
void Check(const std::variant<Value, webapi::SpokenError>& result) {
    const auto* error = std::get_if<webapi::SpokenError>(&result);
    if (!error) return;
    const bool clean = util::IsUtf8(error->part) && error->part.size() <= kMaxPart;
    if (!clean || error->hint.empty()) std::abort();
}

}  // namespace

// Whatever is said: a time, a duration of sensible length, or an error that can be shown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto kZone = *time::Zone::Find("America/Los_Angeles");
    static const time::SysTime kNow{std::chrono::seconds{1795206600}};
    const std::string_view text(reinterpret_cast<const char*>(data), size);

    Check(webapi::ParseSpokenTime(text, kZone, kNow));
    Check(webapi::ParseCompactLocal(text, kZone));
    const auto duration = webapi::ParseSpokenDuration(text);
    Check(duration);
    if (const auto* length = std::get_if<time::Micros>(&duration)) {
        if (*length <= time::Micros::zero() || *length > std::chrono::hours{168}) std::abort();
    }
    return 0;
}

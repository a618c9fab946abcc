// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>

#include "webapi/feeds/show.h"
#include "webapi/feeds/weekdays.h"
#include "webapi/http/range.h"
#include "webapi/http/request_parser.h"
#include "webapi/http/router.h"
#include "webapi/icons/icon.h"
#include "webapi/listening/slice_name.h"
#include "webapi/spoken/spoken_time.h"

namespace aircheck::webapi {

namespace {

const std::vector<config::StationConfig>& Stations() {
    static const std::vector<config::StationConfig> kStations = [] {
        std::vector<config::StationConfig> stations(1);
        stations.front().callsign = "kpcc";
        return stations;
    }();
    return kStations;
}

const Router& Table() {
    static const Router kRouter(
        Stations(),
        {{"GET, HEAD", "/", "", {}},
         {"GET, HEAD", "/{station}/slices/{slice}", "", {}},
         {"GET, HEAD", "/{station}/slices/{slice}/{name}", "", {}},
         {"GET, HEAD", "/{station}/at/{start}/{duration}", "", {}},
         {"GET, HEAD", "/{station}/live/{start}", "", {}},
         {"GET, HEAD", "/icon/{icon}", "", {}},
         {"GET, HEAD", "/{station}/{weekdays}/{start}/{duration}/{show}", "", {}, WhyNoWeekdays},
         {"GET, HEAD",
          "/{station}/{weekdays}_{start}/{duration}/{show}",
          "",
          {},
          WhyNoWeekdaysAndStart}});
    return kRouter;
}

/// Whatever comes out of a path must be harmless where handlers take it.
void Check(Request request) {
    const auto resolved = Table().Resolve(request);
    if (std::holds_alternative<Response>(resolved)) return;
    for (const auto& [name, value] : request.params) {
        if (value.empty() || value == ".." || value.find('/') != std::string::npos ||
            value.find('\0') != std::string::npos) {
            std::abort();
        }
    }
    const time::Zone zone;
    if (const auto name = ParseSliceName(request.Param("slice"), "kpcc")) {
        ParseCompactLocal(name->time, zone);
        ParseSpokenDuration(name->duration);
    }
    ParseSpokenTime(request.Param("start"), zone,
                    time::SysTime{time::Micros{1'795'206'600'000'000}});
    ParseSpokenDuration(request.Param("duration"));
    const Weekdays weekdays = ParseWeekdays(request.Param("weekdays")).value_or(Weekdays{});
    const auto show = ParseShow(weekdays, request.Param("start"), request.Param("duration"),
                                request.Param("show"), zone);
    if (const auto* known = std::get_if<Show>(&show)) {
        AiringsBetween(*known, time::SysTime{time::Micros{1'790'000'000'000'000}},
                       time::SysTime{time::Micros{1'795'206'600'000'000}}, 100);
    }
    const auto icon = ParseIconName(request.Param("icon"));
    if (icon && (icon->pixels < kSmallestIcon || icon->pixels > kLargestIcon)) std::abort();
    const std::string header = AttachmentHeader(WithExtension(request.Param("name"), "mp3"));
    if (header.find_first_of("\r\n") != std::string::npos) std::abort();
}

void Fuzz(std::string_view text) {
    Check(Request{.method = "GET", .target = std::string(text)});

    RequestParser parser;
    std::size_t consumed = 0;
    const auto state = parser.Put(text, consumed);
    if (consumed > text.size()) std::abort();
    if (state == RequestParser::State::kFailed) parser.Failure();
    if (state == RequestParser::State::kDone) Check(parser.Take());

    std::uint64_t end = 0;
    for (const ByteRange& range : ParseRange(text, 1000).ranges) {
        if (range.size == 0 || range.first < end || range.end() > 1000) std::abort();
        end = range.end() + 1;
    }
}

}  // namespace

}  // namespace aircheck::webapi

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    aircheck::webapi::Fuzz({reinterpret_cast<const char*>(data), size});
    return 0;
}

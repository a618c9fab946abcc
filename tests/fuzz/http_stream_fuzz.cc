// SPDX-License-Identifier: MIT
// What a client sends on one connection: the requests in it are the same however it arrives.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "webapi/http/access_log.h"
#include "webapi/http/gzip.h"
#include "webapi/http/range.h"
#include "webapi/http/request_parser.h"

namespace aircheck::webapi {

namespace {

constexpr std::size_t kMostRequests = 64;

using Requests = std::vector<Request>;

/// A fault may be found sooner or later; what has been understood before it stays.
bool AreSame(const Requests& some, const Requests& others) {
    return std::ranges::equal(some, others, [](const Request& a, const Request& b) {
        return a.method == b.method && a.target == b.target && a.body == b.body &&
               a.headers == b.headers && a.keep_alive == b.keep_alive;
    });
}

/// What a server makes of it if `step` bytes come at a time.
Requests Read(std::string_view text, std::size_t step) {
    Requests requests;
    std::string buffer;
    while (requests.size() < kMostRequests) {
        RequestParser parser;
        for (;;) {
            std::size_t consumed = 0;
            const auto state = parser.Put(buffer, consumed);
            if (consumed > buffer.size()) std::abort();
            buffer.erase(0, consumed);
            if (state == RequestParser::State::kFailed) {
                parser.Failure();
                return requests;
            }
            if (state == RequestParser::State::kDone) break;
            if (text.empty()) return requests;
            buffer += text.substr(0, step);
            text.remove_prefix(std::min(step, text.size()));
        }
        requests.push_back(parser.Take());
    }
    return requests;
}

/// Headers may say what they like.
void Check(const Request& request) {
    const Validators validators{"\"abc\"", time::SysTime{}};
    CheckConditions(request, validators);
    IfRangeHolds(request, validators);
    Response response = TextResponse(std::string(2000, 'x'));
    Compress(request, response);
    const std::string line = FormatAccess(request, response, time::SysTime{});
    const auto ends = std::ranges::count(line, '\n');
    if (ends != 1 || std::ranges::count(line, '"') != 6) std::abort();
    const bool plain =
        std::ranges::all_of(line, [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); });
    if (!plain) std::abort();
}

void Fuzz(std::string_view text) {
    const Requests whole = Read(text, std::max<std::size_t>(text.size(), 1));
    if (!AreSame(whole, Read(text, 1)) || !AreSame(whole, Read(text, 7))) std::abort();
    for (const Request& request : whole) Check(request);
    AcceptsGzip(text);
}

}  // namespace

}  // namespace aircheck::webapi

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size <= 4096) aircheck::webapi::Fuzz({reinterpret_cast<const char*>(data), size});
    return 0;
}

// SPDX-License-Identifier: MIT
#include "webapi/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

constexpr std::size_t kMinBytes = 1024;        // below, it all goes in one packet anyway
constexpr std::size_t kMaxBytes = 512 * 1024;  // some 5 ms of work
constexpr int kLevel = 1;
constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for gzip's header
constexpr int kMemory = 8;

std::string* FindHeader(Response& response, std::string_view name) {
    for (auto& [key, value] : response.headers)
        if (util::EqualsIgnoringCase(key, name)) return &value;
    return nullptr;
}

bool IsText(std::string_view type) {
    type = type.substr(0, type.find(';'));
    return type.starts_with("text/") || type.ends_with("json") || type.ends_with("xml") ||
           type.ends_with("+chapters") || type.ends_with("javascript");
}

/// ";q=0" and the like: no, thank you.
bool IsRefused(std::string_view parameters) {
    for (std::string_view item : util::Split(parameters, ';')) {
        item = util::Trim(item);
        if (!util::StartsWithIgnoringCase(item, "q=")) continue;
        return item.substr(2).find_first_not_of("0.") == std::string_view::npos;
    }
    return false;
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
    bool any = false;
    for (std::string_view item : util::Split(accept_encoding, ',')) {
        const std::size_t end = std::min(item.find(';'), item.size());
        const std::string_view coding = util::Trim(item.substr(0, end));
        const bool taken = !IsRefused(item.substr(end));
        if (util::EqualsIgnoringCase(coding, "gzip") || util::EqualsIgnoringCase(coding, "x-gzip"))
            return taken;
        if (coding == "*") any = taken;
    }
    return any;
}

void Compress(const Request& request, Response& response) {
    const std::size_t size = response.text.size();
    if (response.body || size < kMinBytes || size > kMaxBytes) return;
    const std::string* type = FindHeader(response, "Content-Type");
    if (type == nullptr || !IsText(*type) || FindHeader(response, "Content-Encoding") != nullptr)
        return;
    if (std::string* vary = FindHeader(response, "Vary")) {
        *vary += ", Accept-Encoding";
    } else {
        response.Add("Vary", "Accept-Encoding");
    }
    const std::string* accepted = request.Header("Accept-Encoding");
    if (accepted == nullptr || !AcceptsGzip(*accepted)) return;
    response.text = Gzip(response.text);
    response.length = response.text.size();
    response.Add("Content-Encoding", "gzip");
    // The same thing in other bytes.
    if (std::string* etag = FindHeader(response, "ETag"); etag && !etag->starts_with("W/"))
        etag->insert(0, "W/");
}

std::string Gzip(std::string_view text) {
    z_stream stream{};
    if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib cannot begin");
    std::string packed(deflateBound(&stream, text.size()), '\0');
    // It does not write to what comes in; only its type says so.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int result = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("zlib cannot end");
    return packed;
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/page/page.h"

#include <algorithm>
#include <string>

#include "common/log/log.h"
#include "webapi/http/gzip.h"
#include "webapi/http/range.h"
#include "webapi/http/validated.h"

namespace aircheck::webapi {

namespace {

constexpr std::string_view kIndex = "index.html";

const PageFile* Find(std::string_view name) {
    const auto files = PageFiles();
    const auto found = std::ranges::find(files, name, &PageFile::name);
    return found == files.end() ? nullptr : &*found;
}

Response FileResponse(const Request& request, const PageFile& file) {
    const Validators validators{std::string(file.etag), std::nullopt};
    Response response;
    response.Add("ETag", validators.etag);
    const Condition condition = CheckConditions(request, validators);
    if (condition == Condition::kFailed) return FailedConditionResponse();
    if (condition == Condition::kNotModified) {
        response.status = 304;
        return response;
    }
    response.Add("Content-Type", std::string(file.type));
    response.Add("X-Content-Type-Options", "nosniff");
    const std::string* accepted = request.Header("Accept-Encoding");
    const bool packed = !file.packed.empty() && accepted != nullptr && AcceptsGzip(*accepted);
    if (packed) response.Add("Content-Encoding", "gzip");
    response.text = packed ? file.packed : file.plain;
    response.length = response.text.size();
    return response;
}

}  // namespace

void AddPagePolicy(Response& response, std::string_view style, std::string_view media) {
    response.Add("Content-Security-Policy",
                 fmt::format("default-src 'none'; script-src 'self'; style-src 'self' {}; "
                             "img-src 'self' data:; media-src 'self' {}; connect-src 'self'; "
                             "manifest-src 'self'; base-uri 'none'; form-action 'none'; "
                             "frame-ancestors 'none'",
                             style, media));
    // Not no-referrer: then browsers do not say where an order comes from, and it is refused.
    response.Add("Referrer-Policy", "same-origin");
}

const PageFile* FindPage() {
    return Find(kIndex);
}

Response PageResponse(const Request& request, const PageFile& page) {
    Response response = FileResponse(request, page);
    response.Add("Vary", "Accept, Accept-Encoding");
    response.Add("Cache-Control", "no-cache");
    AddPagePolicy(response);
    return response;
}

Response AssetResponse(const Request& request) {
    const PageFile* file = Find(request.Param("asset"));
    if (file == nullptr || file->name == kIndex)
        return ErrorResponse(404, "There is no such part of the page.", "Load the page anew.");
    Response response = FileResponse(request, *file);
    response.Add("Vary", "Accept-Encoding");
    response.Add("Cache-Control", "public, max-age=31536000, immutable");
    return response;
}

}  // namespace aircheck::webapi

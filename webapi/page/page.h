// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "webapi/http/http.h"

namespace aircheck::webapi {

/// A file of the page, as it was when the program was built.
struct PageFile {
    std::string_view name;  // "index.html", "page-Bc3dEf.js"
    std::string_view type;  // of its content
    std::string_view etag;  // with its quotes
    std::string_view plain;
    std::string_view packed;  // by gzip; "" where that is no gain
};

/// All of them; none, if the page was left out. Made by embed.py.
std::span<const PageFile> PageFiles();

/// What a browser may do on a page of ours: nothing with other sites. `style` and `media`: where
/// these may come from, beside 'self'.
void AddPagePolicy(Response& response, std::string_view style = {}, std::string_view media = {});

/// The page, for a browser that runs it. Nullptr if it was left out.
const PageFile* FindPage();

/// Answers the page itself.
Response PageResponse(const Request& request, const PageFile& page);

/// Answers /assets/{file}: names change with what they name, so it may be kept for ever.
Response AssetResponse(const Request& request);

}  // namespace aircheck::webapi

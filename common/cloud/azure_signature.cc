// SPDX-License-Identifier: MIT
#include "common/cloud/azure_signature.h"

#include <algorithm>
#include <array>

#include "common/cloud/digest.h"
#include "common/cloud/text.h"

namespace aircheck::cloud {
namespace {

/// The value of each is signed on a line of its own, in this order, empty if it is not there.
constexpr std::array<const char*, 11> kLines = {"content-encoding",
                                                "content-language",
                                                "content-length",
                                                "content-md5",
                                                "content-type",
                                                "date",
                                                "if-modified-since",
                                                "if-match",
                                                "if-none-match",
                                                "if-unmodified-since",
                                                "range"};

std::string ValueOf(const HttpRequest& request, const std::string& name) {
    if (name == "content-length") {
        const auto bytes = request.body ? request.body->size() : request.text.size();
        return bytes > 0 ? std::to_string(bytes) : std::string();
    }
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string() : found->second;
}

}  // namespace

std::string SharedKeyAuthorization(const HttpRequest& request, const std::string& account,
                                   std::string_view key) {
    auto text = request.method;
    for (const auto* name : kLines) text += "\n" + ValueOf(request, name);
    for (const auto& [name, value] : request.headers) {
        if (name.starts_with("x-ms-")) text.append("\n").append(name).append(":").append(value);
    }
    text += "\n/" + account + request.path;
    auto query = request.query;
    std::ranges::sort(query);
    for (const auto& [name, value] : query)
        text.append("\n").append(name).append(":").append(value);
    return "SharedKey " + account + ":" + Base64(HmacSha256(key, text));
}

}  // namespace aircheck::cloud

// SPDX-License-Identifier: MIT
#include "webapi/http/http.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "common/util/text.h"

namespace aircheck::webapi {

namespace {

/// What comes before the body in one write, for most answers.
constexpr std::size_t kUsualHeadBytes = 512;

}  // namespace

const std::string* Request::Header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (util::EqualsIgnoringCase(key, name)) return &value;
    }
    return nullptr;
}

const std::string& Request::Param(std::string_view name) const {
    static const std::string none;
    for (const auto& [key, value] : params) {
        if (key == name) return value;
    }
    return none;
}

bool Request::HasQuery(std::string_view name) const {
    return Query(name) != nullptr;
}

const std::string* Request::Query(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) return &value;
    }
    return nullptr;
}

bool Request::Accepts(std::string_view media_type) const {
    const std::string* accept = Header("Accept");
    if (accept == nullptr) return false;
    for (std::string_view item : util::Split(*accept, ',')) {
        const std::string_view type = util::Trim(item.substr(0, item.find(';')));
        if (util::EqualsIgnoringCase(type, media_type)) return true;
    }
    return false;
}

boost::asio::awaitable<void> Body::Prepare() {
    co_return;
}

std::uint64_t Body::Skip(std::uint64_t) {
    return 0;
}

bool Body::Save(BodyState&, Luggage&) {
    return false;
}

void Response::Add(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
}

Response TextResponse(std::string text, std::string content_type) {
    Response response;
    response.Add("Content-Type", std::move(content_type));
    response.length = text.size();
    response.text = std::move(text);
    return response;
}

Response JsonResponse(std::string json, int status) {
    json.push_back('\n');
    Response response = TextResponse(std::move(json), "application/json");
    response.status = status;
    response.Add("Cache-Control", "no-store");
    return response;
}

Response ErrorResponse(int status, std::string_view error, std::string_view hint) {
    boost::json::object object;
    object["result"] = false;
    object["error"] = util::CleanUtf8(error);
    object["hint"] = util::CleanUtf8(hint);
    return JsonResponse(boost::json::serialize(object), status);
}

std::string_view ReasonPhrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 202:
            return "Accepted";
        case 206:
            return "Partial Content";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 416:
            return "Range Not Satisfiable";
        case 425:
            return "Too Early";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Unknown";
    }
}

std::string FormatHead(const Response& response, bool keep_alive, std::string_view date) {
    std::string head;
    head.reserve(kUsualHeadBytes + response.text.size());
    head += "HTTP/1.1 ";
    head += std::to_string(response.status);
    head += ' ';
    head += ReasonPhrase(response.status);
    head += "\r\nServer: Aircheck/" AIRCHECK_VERSION "\r\nDate: ";
    head += date;
    head += "\r\n";
    for (const auto& [name, value] : response.headers) {
        head += name;
        head += ": ";
        for (char c : value) {
            const auto byte = static_cast<unsigned char>(c);
            head += byte < 0x20 || byte == 0x7f ? ' ' : c;
        }
        head += "\r\n";
    }
    if (response.length && response.status != 304) {
        head += "Content-Length: ";
        head += std::to_string(*response.length);
        head += "\r\n";
    }
    head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return head;
}

}  // namespace aircheck::webapi

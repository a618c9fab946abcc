// SPDX-License-Identifier: MIT
#include "common/cloud/http_client.h"

#include <algorithm>

#include "common/time/timestamp.h"
#include "common/util/percent.h"
#include "common/util/text.h"

namespace aircheck::cloud {
namespace {

using Kind = CloudError::Kind;

constexpr long kExpectTimeoutMs = 500;

/// Answers whether these were all.
bool AddHeader(std::string_view line, std::map<std::string, std::string>* headers) {
    if (util::Trim(line).empty()) return true;
    // Those of an earlier answer (100 Continue) are not the answer's.
    if (line.starts_with("HTTP/")) headers->clear();
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    headers->insert_or_assign(util::ToLower(util::Trim(line.substr(0, colon))),
                              std::string(util::Trim(line.substr(colon + 1))));
    return false;
}

/// Gives the wanted range to a sink, even of a whole object that came instead.
class Window {
public:
    Window(std::uint64_t offset, std::uint64_t size, const Sink& sink)
        : offset_(offset), size_(size), sink_(sink) {}

    /// Where the answer's body begins in the object. False if that is past what is wanted.
    bool BeginAt(const HttpAnswer& answer) {
        if (answer.status != 206) return true;
        const auto& range = answer.Header("content-range");
        if (!range.starts_with("bytes ")) return false;
        const auto dash = range.find('-');
        const auto first = util::ParseInteger(
            std::string_view(range).substr(6, dash == std::string::npos ? 0 : dash - 6));
        if (!first || *first < 0) return false;
        at_ = static_cast<std::uint64_t>(*first);
        return at_ <= offset_;
    }

    /// False if there is more than was wanted.
    bool Take(std::span<const std::byte> data) {
        const auto skipped =
            std::min<std::uint64_t>(data.size(), offset_ > at_ ? offset_ - at_ : 0);
        at_ += data.size();
        data = data.subspan(static_cast<std::size_t>(skipped));
        const auto wanted = data.first(
            static_cast<std::size_t>(std::min<std::uint64_t>(data.size(), size_ - given_)));
        given_ += wanted.size();
        if (!wanted.empty()) sink_(wanted);
        return wanted.size() == data.size();
    }

    bool full() const { return given_ == size_; }

private:
    const std::uint64_t offset_;
    const std::uint64_t size_;
    const Sink& sink_;
    std::uint64_t at_ = 0;
    std::uint64_t given_ = 0;
};

}  // namespace

std::string HttpRequest::Query() const {
    auto sorted = query;
    std::ranges::sort(sorted);
    std::string text;
    for (const auto& [name, value] : sorted) {
        if (!text.empty()) text += '&';
        text += util::PercentEncode(name) + "=" + util::PercentEncode(value);
    }
    return text;
}

const std::string& HttpAnswer::Header(const std::string& name) const {
    static const std::string none;
    const auto found = headers.find(name);
    return found == headers.end() ? none : found->second;
}

std::optional<std::uint64_t> HttpAnswer::ContentLength() const {
    const auto number = util::ParseInteger(Header("content-length"));
    if (!number || *number < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

ObjectInfo InfoOf(const HttpAnswer& answer, const std::string& key) {
    ObjectInfo info;
    info.key = key;
    info.bytes = answer.ContentLength().value_or(0);
    info.etag = answer.Header("etag");
    info.modified = time::ParseHttpDate(answer.Header("last-modified")).value_or(time::SysTime{});
    return info;
}

HttpClient::HttpClient(const StoreOptions& options, std::string where, std::string base,
                       std::string ca_file, Sign sign)
    : base_(std::move(base)),
      ca_file_(std::move(ca_file)),
      sign_(std::move(sign)),
      transfer_(options, std::move(where)) {}

void HttpClient::SetMethod(const HttpRequest& request, curl::Easy& easy) {
    if (request.method == "PUT") {
        transfer_.Upload(*request.body);
    } else if (request.method == "POST") {
        easy.Set(CURLOPT_POST, 1L);
        easy.Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.text.size()));
        easy.Set(CURLOPT_COPYPOSTFIELDS, request.text.data());
    } else if (request.method == "HEAD") {
        easy.Set(CURLOPT_NOBODY, 1L);
    } else {
        easy.Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
}

void HttpClient::Set(HttpRequest& request) {
    auto& easy = transfer_.Prepare(base_);
    SetMethod(request, easy);
    sign_(request, easy);
    const auto query = request.Query();
    const auto url = base_ + request.path + (query.empty() ? "" : "?" + query);
    easy.Set(CURLOPT_URL, url.c_str());
    easy.Set(CURLOPT_PROTOCOLS_STR, "http,https");
    // Uploads over one HTTP/2 stream are the slower ones, and object stores speak this anyway.
    easy.Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    // Whoever has not said by then that the body may come does not know how to.
    easy.Set(CURLOPT_EXPECT_100_TIMEOUT_MS, kExpectTimeoutMs);
    if (!ca_file_.empty()) easy.Set(CURLOPT_CAINFO, ca_file_.c_str());
    lines_ = {};
    for (const auto& [name, value] : request.headers)
        lines_.Append(std::string(name).append(": ").append(value));
    easy.Set(CURLOPT_HTTPHEADER, lines_.get());
}

HttpAnswer HttpClient::Run(
    const std::function<bool(const HttpAnswer&, std::span<const std::byte>)>& data) {
    HttpAnswer answer;
    bool headers_complete = false;
    const auto code = transfer_.Run({
        .header =
            [&](std::string_view line) { headers_complete = AddHeader(line, &answer.headers); },
        .data =
            [&](std::span<const std::byte> bytes) {
                answer.status = transfer_.Status();
                if (answer.ok() && data) return data(answer, bytes);
                if (answer.text.size() + bytes.size() > kMaxAnswerBytes)
                    throw transfer_.Error(Kind::kDown, "an answer without end");
                answer.text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                return true;
            },
    });
    answer.status = transfer_.Status();
    if (code != CURLE_OK) throw transfer_.Error(code, "no answer");
    // libcurl takes a connection that is lost amid them for the end of an answer without a body.
    if (!headers_complete) throw transfer_.Error(Kind::kDown, "half an answer");
    return answer;
}

HttpAnswer HttpClient::Do(HttpRequest request) {
    Set(request);
    return Run(nullptr);
}

HttpAnswer HttpClient::Read(HttpRequest request, std::uint64_t offset, std::uint64_t size,
                            const Sink& sink) {
    request.headers["range"] =
        "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + size - 1);
    Set(request);
    Window window(offset, size, sink);
    bool began = false;
    auto answer = Run([&](const HttpAnswer& head, std::span<const std::byte> bytes) {
        if (!began && !window.BeginAt(head))
            throw transfer_.Error(Kind::kDown, "another range than what was asked for");
        began = true;
        return window.Take(bytes);
    });
    if (answer.status == 416 || (answer.ok() && !window.full()))
        throw transfer_.Error(Kind::kChanged, "the object is shorter than it was");
    return answer;
}

}  // namespace aircheck::cloud

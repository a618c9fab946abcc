// SPDX-License-Identifier: MIT
#include "webapi/http/request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "common/util/text.h"

namespace aircheck::webapi {

namespace http = boost::beast::http;

struct RequestParser::Impl {
    http::request_parser<http::string_body> parser;
    boost::beast::error_code error;
    int status = 0;              // of a failure that is not Beast's
    std::string_view complaint;  // likewise
};

namespace {

constexpr std::string_view kAmbiguous =
    "It can be read in more than one way where a header is folded, or a body's length is told "
    "twice.";

std::string_view View(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

/// Whether a line of the header goes on in the next one: RFC 9112, 5.2, wants it refused, for some
/// take it for a header of its own.
bool IsFolded(std::string_view bytes) {
    const std::string_view head = bytes.substr(0, bytes.find("\r\n\r\n"));
    return head.find("\r\n ") != std::string_view::npos ||
           head.find("\r\n\t") != std::string_view::npos;
}

/// What proxies before us may understand otherwise (RFC 9112, 6.1 to 6.3), beyond what Beast
/// refuses itself.
template <typename Message>
bool HasAmbiguousBody(const Message& message) {
    const auto lengths = message.count(http::field::content_length);
    const bool coded = message.count(http::field::transfer_encoding) > 0;
    const bool list =
        View(message[http::field::content_length]).find(',') != std::string_view::npos;
    return list || lengths > 1 || (coded && (lengths > 0 || message.version() < 11));
}

}  // namespace

RequestParser::RequestParser() : impl_(std::make_unique<Impl>()) {
    impl_->parser.header_limit(kMaxHeaderBytes);
    impl_->parser.body_limit(kMaxBodyBytes);
}

RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::Put(std::string_view bytes, std::size_t& consumed) {
    auto& parser = impl_->parser;
    while (!parser.is_done() && !bytes.empty()) {
        if (!parser.is_header_done() && IsFolded(bytes)) {
            impl_->status = 400;
            impl_->complaint = kAmbiguous;
            return State::kFailed;
        }
        boost::beast::error_code error;
        const std::size_t used =
            parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
        consumed += used;
        bytes.remove_prefix(used);
        if (error == http::error::need_more) return State::kMore;
        if (error) {
            impl_->error = error;
            return State::kFailed;
        }
        // Before anything is made of the body.
        if (parser.is_header_done()) Judge();
        if (impl_->status != 0) return State::kFailed;
        if (used == 0) break;
    }
    return parser.is_done() ? State::kDone : State::kMore;
}

/// What Beast lets through.
void RequestParser::Judge() {
    const auto& message = impl_->parser.get();
    if (message.version() < 10 || message.version() > 11) {
        impl_->status = 505;
        impl_->complaint = "Only HTTP/1.0 and 1.1 are spoken.";
    } else if (message.count(http::field::host) > 1 ||
               (message.version() == 11 && message.count(http::field::host) == 0)) {
        impl_->status = 400;  // RFC 9112, 3.2
        impl_->complaint = "There must be one Host header.";
    } else if (HasAmbiguousBody(message)) {
        impl_->status = 400;
        impl_->complaint = kAmbiguous;
    } else if (message.count(http::field::transfer_encoding) > 0) {
        // Allowed by RFC 9112, 6.3. No path needs chunks, and Beast 1.81 fails an assertion on
        // trailers that are none.
        impl_->status = 411;
        impl_->complaint = "A body without a Content-Length is not read.";
    }
}

bool RequestParser::HeaderDone() const {
    return impl_->parser.is_header_done();
}

Request RequestParser::Take() {
    auto& message = impl_->parser.get();
    Request request;
    request.method = View(message.method_string());
    request.target = View(message.target());
    for (const auto& field : message) {
        request.headers.emplace_back(View(field.name_string()), View(field.value()));
    }
    request.version = static_cast<int>(message.version());
    request.keep_alive = impl_->parser.keep_alive();
    request.expects_continue =
        util::EqualsIgnoringCase(View(message[http::field::expect]), "100-continue");
    if (impl_->parser.is_done()) request.body = std::move(message.body());
    return request;
}

Response RequestParser::Failure() const {
    constexpr std::string_view hint = "Send a plain HTTP/1.1 request; see /help.";
    if (impl_->status != 0) return ErrorResponse(impl_->status, impl_->complaint, hint);
    if (impl_->error == http::error::header_limit || impl_->error == http::error::buffer_overflow) {
        return ErrorResponse(431, "The header is longer than 16 KiB.", "Send fewer headers.");
    }
    if (impl_->error == http::error::body_limit) {
        return ErrorResponse(413, "The body is longer than 64 KiB.", "No path needs one.");
    }
    return ErrorResponse(400, "That is not a request: " + impl_->error.message() + ".", hint);
}

}  // namespace aircheck::webapi

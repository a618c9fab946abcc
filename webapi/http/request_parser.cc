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
    int status = 0;  // of a failure that is not Beast's
};

namespace {

std::string_view View(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

RequestParser::RequestParser() : impl_(std::make_unique<Impl>()) {
    impl_->parser.header_limit(kMaxHeaderBytes);
    impl_->parser.body_limit(kMaxBodyBytes);
    impl_->parser.eager(true);
}

RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::Put(std::string_view bytes, std::size_t& consumed) {
    auto& parser = impl_->parser;
    while (!parser.is_done() && !bytes.empty()) {
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
        if (used == 0) break;
    }
    if (!parser.is_done()) return State::kMore;
    const auto& message = parser.get();
    // RFC 9112, 3.2: exactly one Host from a client that speaks 1.1.
    if (message.version() >= 11 && message.count(http::field::host) != 1) impl_->status = 400;
    if (message.version() < 10 || message.version() > 11) impl_->status = 505;
    return impl_->status == 0 ? State::kDone : State::kFailed;
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
    if (impl_->status == 505) return ErrorResponse(505, "Only HTTP/1.0 and 1.1 are spoken.", hint);
    if (impl_->status != 0) return ErrorResponse(400, "There must be one Host header.", hint);
    if (impl_->error == http::error::header_limit || impl_->error == http::error::buffer_overflow) {
        return ErrorResponse(431, "The header is longer than 16 KiB.", "Send fewer headers.");
    }
    if (impl_->error == http::error::body_limit) {
        return ErrorResponse(413, "The body is longer than 64 KiB.", "No path needs one.");
    }
    return ErrorResponse(400, "That is not a request: " + impl_->error.message() + ".", hint);
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/icons/icon_handler.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>

#include "webapi/http/validated.h"
#include "webapi/services.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

IconHandler::~IconHandler() {
    thread_.stop();
    thread_.join();
}

asio::awaitable<Response> IconHandler::Paint(const Request& request) {
    const auto icon = ParseIconName(request.Param("icon"));
    if (!icon) {
        co_return ErrorResponse(404, "There is no such picture.",
                                "It is icon/{text}_{pixels}.png, with 16 to 3000 pixels.");
    }
    std::string file;
    if (const std::string* kept = FindKept(*icon)) {
        file = *kept;
    } else {
        if (pending_ >= kMaxPending) co_return BusyResponse();
        ++pending_;
        std::exception_ptr error;
        try {
            file = co_await asio::co_spawn(thread_, PaintOnThread(*icon), asio::use_awaitable);
        } catch (...) {
            error = std::current_exception();
        }
        --pending_;
        if (error) std::rethrow_exception(error);
        Keep(*icon, file);
    }
    Response response = TextResponse(std::move(file), "image/png");
    response.Add("Cache-Control", "max-age=86400");
    co_return Validated(request, std::move(response));
}

asio::awaitable<std::string> IconHandler::PaintOnThread(const Icon& icon) {
    if (!painter_) painter_.emplace();
    co_return painter_->Paint(icon);
}

const std::string* IconHandler::FindKept(const Icon& icon) {
    const auto found = std::ranges::find(kept_, icon, &Kept::icon);
    if (found == kept_.end()) return nullptr;
    kept_.splice(kept_.begin(), kept_, found);
    return &kept_.front().file;
}

void IconHandler::Keep(const Icon& icon, const std::string& file) {
    if (FindKept(icon) != nullptr) return;  // somebody else has asked meanwhile
    kept_.push_front({icon, file});
    kept_bytes_ += file.size();
    while (kept_bytes_ > kMaxKeptBytes || kept_.size() > kMaxKept) {
        kept_bytes_ -= kept_.back().file.size();
        kept_.pop_back();
    }
}

}  // namespace aircheck::webapi

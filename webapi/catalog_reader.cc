// SPDX-License-Identifier: MIT
#include "webapi/catalog_reader.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace aircheck::webapi {

namespace asio = boost::asio;

CatalogReader::CatalogReader(storage::Layout layout) : layout_(std::move(layout)) {}

CatalogReader::~CatalogReader() {
    thread_.stop();
    thread_.join();
}

asio::awaitable<bool> CatalogReader::Run(const Job& job) {
    if (pending_ >= kMaxPending) co_return false;
    ++pending_;
    std::exception_ptr error;
    try {
        co_await asio::co_spawn(thread_, RunOnThread(job), asio::use_awaitable);
    } catch (...) {
        error = std::current_exception();
    }
    --pending_;
    if (error) std::rethrow_exception(error);
    co_return true;
}

asio::awaitable<void> CatalogReader::RunOnThread(const Job& job) {
    try {
        if (!catalog_ && std::filesystem::exists(layout_.Catalog())) {
            catalog_.emplace(layout_.Catalog(), catalog::Catalog::Mode::kReadOnly);
        }
        job(catalog_ ? &*catalog_ : nullptr);
    } catch (...) {
        catalog_.reset();  // the next job opens it anew: the file may have been replaced
        throw;
    }
    co_return;
}

}  // namespace aircheck::webapi

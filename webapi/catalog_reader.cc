// SPDX-License-Identifier: MIT
#include "webapi/catalog_reader.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/util/error.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

/// For another process's lock: clients wait as long, all of them.
constexpr std::chrono::milliseconds kPatience{2'000};

}  // namespace

CatalogReader::CatalogReader(storage::Layout layout)
    : layout_(std::move(layout)),
      file_(layout_.Catalog(), catalog::Catalog::Mode::kReadOnly, kPatience) {}

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
        job(Open());
    } catch (const catalog::SqliteError& error) {
        Fail(error);
    }
    if (std::exchange(complained_, false)) log::info("web: the catalog can be read again");
    co_return;
}

const catalog::Catalog* CatalogReader::Open() {
    if (!std::filesystem::exists(layout_.Catalog())) return nullptr;
    try {
        return &file_.Get();
    } catch (const std::exception& error) {
        Fail(error);
    }
}

/// The next job may open it anew: it may have been replaced.
void CatalogReader::Fail(const std::exception& error) {
    file_.Failed(error);
    const std::string what = util::DescribeException(error);
    if (!std::exchange(complained_, true))
        log::warn("web: cannot look into the catalog: {}; asking clients to come again", what);
    throw CatalogUnavailable(what);
}

}  // namespace aircheck::webapi

// SPDX-License-Identifier: MIT
#include "webapi/operating/backup_handler.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <filesystem>
#include <memory>
#include <utility>

#include "common/archive/backup.h"
#include "common/catalog/sqlite.h"
#include "common/log/log.h"
#include "common/util/error.h"
#include "webapi/operating/file_body.h"

namespace aircheck::webapi {

namespace asio = boost::asio;

namespace {

Response FileResponse(const std::filesystem::path& path) {
    util::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0)
        util::ThrowErrno("cannot open " + path.string());
    const auto size = static_cast<std::uint64_t>(status.st_size);
    Response response;
    response.Add("Content-Type", "application/gzip");
    response.Add("Content-Disposition",
                 fmt::format("attachment; filename=\"{}\"", path.filename().string()));
    response.Add("Cache-Control", "no-store");
    response.length = size;
    response.body = std::make_unique<FileBody>(std::move(file), size);
    return response;
}

}  // namespace

BackupHandler::~BackupHandler() {
    thread_.stop();
    thread_.join();
}

asio::awaitable<Response> BackupHandler::Db(const Request& request) {
    if (auto refusal = authorization_.Refusal(request)) co_return std::move(*refusal);
    if (busy_) {
        Response response = ErrorResponse(503, "A dump is being made for somebody else just now.",
                                          "Ask again when that is done.");
        response.Add("Retry-After", "5");
        co_return response;
    }
    busy_ = true;
    Response response = co_await Backup();
    busy_ = false;
    co_return response;
}

asio::awaitable<Response> BackupHandler::Backup() {
    std::string failure;
    try {
        co_return FileResponse(co_await asio::co_spawn(thread_, Make(), asio::use_awaitable));
    } catch (const catalog::SqliteError& error) {
        log::warn("web: cannot dump the catalog: {}", util::DescribeException(error));
        co_return UnavailableResponse();
    } catch (const std::exception& error) {
        failure = util::DescribeException(error);
    }
    log::error("web: cannot keep a backup of the catalog: {}", failure);
    co_return ErrorResponse(503, "The backup cannot be written.",
                            "Look after the disk; the log says what is wrong with it.");
}

asio::awaitable<std::filesystem::path> BackupHandler::Make() const {
    co_return archive::BackUpCatalog(services_.reader.layout(), services_.clock.Now());
}

}  // namespace aircheck::webapi

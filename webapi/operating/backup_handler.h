// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "webapi/http/http.h"
#include "webapi/operating/authorization.h"
#include "webapi/services.h"

namespace aircheck::webapi {

/// Answers /db: a dump of the catalog, which is kept as a backup too. One at a time; the work is
/// done on a thread of its own. Lives on the loop's thread, and until the loop has ended.
class BackupHandler {
public:
    BackupHandler(const Services& services, const Authorization& authorization)
        : services_(services), authorization_(authorization) {}
    BackupHandler(const BackupHandler&) = delete;
    BackupHandler& operator=(const BackupHandler&) = delete;
    ~BackupHandler();

    boost::asio::awaitable<Response> Db(const Request& request);

private:
    boost::asio::awaitable<std::filesystem::path> Make() const;
    boost::asio::awaitable<Response> Backup();

    const Services& services_;
    const Authorization& authorization_;
    bool busy_ = false;
    boost::asio::thread_pool thread_{1};
};

}  // namespace aircheck::webapi

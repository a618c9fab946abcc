// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <functional>
#include <stdexcept>

#include "common/catalog/catalog.h"
#include "common/catalog/catalog_file.h"
#include "common/storage/paths.h"

namespace aircheck::webapi {

/// The catalog cannot be read just now: it is locked, broken, or being made. The log has said so.
class CatalogUnavailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Runs what blocks on the disk, off the loop: one thread, one read-only connection to the
/// catalog, a bounded queue. Destroyed after the loop has stopped and before what jobs refer to.
class CatalogReader {
public:
    /// Gets nullptr while there is no catalog yet. Runs on the reader's thread.
    using Job = std::function<void(const catalog::Catalog*)>;

    static constexpr int kMaxPending = 256;

    explicit CatalogReader(storage::Layout layout);
    CatalogReader(const CatalogReader&) = delete;
    CatalogReader& operator=(const CatalogReader&) = delete;
    ~CatalogReader();

    const storage::Layout& layout() const { return layout_; }

    /// Waits until `job` (which must live as long) has run; throws CatalogUnavailable or what it
    /// threw. False, without having run it, if too much is waiting already.
    boost::asio::awaitable<bool> Run(const Job& job);

private:
    boost::asio::awaitable<void> RunOnThread(const Job& job);
    const catalog::Catalog* Open();
    [[noreturn]] void Fail(const std::exception& error);

    storage::Layout layout_;
    catalog::CatalogFile file_;  // the thread's
    bool complained_ = false;    // likewise
    int pending_ = 0;            // the loop's
    boost::asio::thread_pool thread_{1};
};

}  // namespace aircheck::webapi

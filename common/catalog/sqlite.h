// SPDX-License-Identifier: MIT
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace aircheck::catalog {

/// `code` is SQLite's extended result code.
class SqliteError : public std::runtime_error {
public:
    SqliteError(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
    int code() const noexcept { return code_; }

private:
    int code_;
};

class Statement;

/// Owns one connection. One thread at a time.
class Database {
public:
    enum class Mode { kReadWrite, kReadOnly };

    /// Opens or (read-write) creates. Throws SqliteError naming the path.
    Database(const std::string& path, Mode mode);

    /// How long to wait for a lock that another connection holds. None at first.
    void SetBusyTimeout(std::chrono::milliseconds timeout);

    /// Whether another file, or none, is at the path that was opened.
    bool Moved() const noexcept;

    /// One or more statements without results.
    void Execute(const char* sql);

    std::int64_t LastInsertId() const noexcept;
    int Changes() const noexcept;
    sqlite3* get() const noexcept { return handle_.get(); }

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

/// Owns one prepared statement. Binds count from 1, columns from 0, as in SQLite.
class Statement {
public:
    Statement(Database& database, std::string_view sql);

    Statement& Bind(int index, std::int64_t value);
    Statement& Bind(int index, std::string_view value);
    Statement& Bind(int index, std::span<const std::byte> blob);
    Statement& BindNull(int index);

    /// True while there is a row. Throws SqliteError.
    bool Step();

    /// Makes it ready to be bound and run again.
    void Reset() noexcept;

    /// Runs to the end and resets: for statements without rows.
    void Run();

    std::int64_t Integer(int column) const;
    std::string Text(int column) const;
    std::span<const std::byte> Blob(int column) const;  // valid until the next Step or Reset
    bool IsNull(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// BEGIN IMMEDIATE, so that it waits for other writers at its start only; rolled back unless
/// committed.
class Transaction {
public:
    explicit Transaction(Database& database);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void Commit();

private:
    Database* database_;
};

}  // namespace aircheck::catalog

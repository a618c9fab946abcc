// SPDX-License-Identifier: MIT
#include "common/catalog/sqlite.h"

namespace aircheck::catalog {
namespace {

[[noreturn]] void Throw(sqlite3* handle, const std::string& path) {
    throw SqliteError(sqlite3_extended_errcode(handle), path + ": " + sqlite3_errmsg(handle));
}

[[noreturn]] void Throw(sqlite3* handle) {
    const char* path = sqlite3_db_filename(handle, "main");
    Throw(handle, path != nullptr ? path : "database");
}

void Check(int code, sqlite3_stmt* statement) {
    if (code != SQLITE_OK) Throw(sqlite3_db_handle(statement));
}

}  // namespace

Database::Database(const std::string& path, Mode mode) {
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY
                                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    handle_.reset(handle);  // there is one even after most failures
    if (handle == nullptr) throw SqliteError(code, path + ": " + sqlite3_errstr(code));
    if (code != SQLITE_OK) Throw(handle, path);
}

void Database::SetBusyTimeout(std::chrono::milliseconds timeout) {
    sqlite3_busy_timeout(handle_.get(), static_cast<int>(timeout.count()));
}

bool Database::Moved() const noexcept {
    int moved = 0;
    sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

void Database::Execute(const char* sql) {
    if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        Throw(handle_.get());
}

std::int64_t Database::LastInsertId() const noexcept {
    return sqlite3_last_insert_rowid(handle_.get());
}

int Database::Changes() const noexcept {
    return sqlite3_changes(handle_.get());
}

Statement::Statement(Database& database, std::string_view sql) {
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v3(database.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) Throw(database.get());
}

Statement& Statement::Bind(int index, std::int64_t value) {
    Check(sqlite3_bind_int64(handle_.get(), index, value), handle_.get());
    return *this;
}

Statement& Statement::Bind(int index, std::string_view value) {
    // A view without data would be bound as NULL.
    const char* text = value.data() != nullptr ? value.data() : "";
    Check(sqlite3_bind_text64(handle_.get(), index, text, value.size(), SQLITE_TRANSIENT,
                              SQLITE_UTF8),
          handle_.get());
    return *this;
}

Statement& Statement::Bind(int index, std::span<const std::byte> blob) {
    Check(blob.empty() ? sqlite3_bind_zeroblob(handle_.get(), index, 0)
                       : sqlite3_bind_blob64(handle_.get(), index, blob.data(), blob.size(),
                                             SQLITE_TRANSIENT),
          handle_.get());
    return *this;
}

Statement& Statement::BindNull(int index) {
    Check(sqlite3_bind_null(handle_.get(), index), handle_.get());
    return *this;
}

bool Statement::Step() {
    switch (sqlite3_step(handle_.get())) {
        case SQLITE_ROW:
            return true;
        case SQLITE_DONE:
            return false;
        default:
            Throw(sqlite3_db_handle(handle_.get()));
    }
}

void Statement::Reset() noexcept {
    sqlite3_reset(handle_.get());
}

void Statement::Run() {
    try {
        while (Step()) {
        }
    } catch (...) {
        Reset();
        throw;
    }
    Reset();
}

std::int64_t Statement::Integer(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}

std::string Statement::Text(int column) const {
    const unsigned char* text = sqlite3_column_text(handle_.get(), column);
    if (text == nullptr) return {};
    return {reinterpret_cast<const char*>(text),
            static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::span<const std::byte> Statement::Blob(int column) const {
    const void* blob = sqlite3_column_blob(handle_.get(), column);
    if (blob == nullptr) return {};
    return {static_cast<const std::byte*>(blob),
            static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

bool Statement::IsNull(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

Transaction::Transaction(Database& database) : database_(&database) {
    database.Execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    // Some failures have rolled back already.
    if (database_ != nullptr && sqlite3_get_autocommit(database_->get()) == 0)
        sqlite3_exec(database_->get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::Commit() {
    database_->Execute("COMMIT");
    database_ = nullptr;
}

}  // namespace aircheck::catalog

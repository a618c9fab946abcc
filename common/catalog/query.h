// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/catalog/sqlite.h"
#include "common/time/clock.h"

namespace aircheck::catalog {

/// Prepares each statement once. The key is the literal's address: one constant, one statement.
class StatementCache {
public:
    explicit StatementCache(Database& database) : database_(database) {}

    Statement& Get(const char* sql) {
        const auto found = statements_.find(sql);
        if (found != statements_.end()) return found->second;
        return statements_.emplace(sql, Statement(database_, sql)).first->second;
    }

private:
    Database& database_;
    std::unordered_map<const char*, Statement> statements_;
};

/// One run of a cached statement with `values` bound in order. Whatever happens, the statement is
/// reset when this ends: one left in mid-run would keep its snapshot, and with it the whole WAL.
class Query {
public:
    template <typename... Values>
    explicit Query(Statement& statement, const Values&... values) : statement_(statement) {
        int index = 0;
        (Bind(++index, values), ...);
    }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query() { statement_.Reset(); }

    bool Step() { return statement_.Step(); }
    void Run() {
        while (Step()) {
        }
    }

    template <std::integral T = std::int64_t>
    T Integer(int column) const {
        return static_cast<T>(statement_.Integer(column));
    }
    std::string Text(int column) const { return statement_.Text(column); }
    std::span<const std::byte> Blob(int column) const { return statement_.Blob(column); }
    bool IsNull(int column) const { return statement_.IsNull(column); }
    time::SysTime Time(int column) const { return time::SysTime(time::Micros(Integer(column))); }

private:
    void Bind(int index, std::integral auto value) {
        statement_.Bind(index, static_cast<std::int64_t>(value));
    }
    void Bind(int index, std::string_view value) { statement_.Bind(index, value); }
    void Bind(int index, std::span<const std::byte> blob) { statement_.Bind(index, blob); }
    void Bind(int index, time::SysTime t) { Bind(index, t.time_since_epoch().count()); }
    void Bind(int index, const std::optional<time::SysTime>& t) {
        if (t)
            Bind(index, *t);
        else
            statement_.BindNull(index);
    }

    Statement& statement_;
};

}  // namespace aircheck::catalog

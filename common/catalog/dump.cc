// SPDX-License-Identifier: MIT
#include "common/catalog/dump.h"

#include <string>
#include <vector>

#include "common/catalog/catalog.h"
#include "common/catalog/sqlite.h"

namespace aircheck::catalog {
namespace {

using Sink = std::function<void(std::string_view)>;

struct Object {
    std::string name;
    std::string sql;
};

std::string Quoted(std::string_view name) {
    std::string quoted = "\"";
    for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
    return quoted + "\"";
}

/// Those of one kind, as the catalog's own table of contents has them.
std::vector<Object> Objects(Database& database, std::string_view condition) {
    Statement statement(database,
                        "SELECT s.name, s.sql FROM sqlite_schema AS s "
                        "LEFT JOIN pragma_table_list AS t ON t.name = s.tbl_name "
                        "AND t.schema = 'main' WHERE s.sql IS NOT NULL AND " +
                            std::string(condition) + " ORDER BY s.rowid");
    std::vector<Object> objects;
    while (statement.Step()) objects.push_back({statement.Text(0), statement.Text(1)});
    return objects;
}

std::int64_t Number(Database& database, const char* sql) {
    Statement statement(database, sql);
    return statement.Step() ? statement.Integer(0) : 0;
}

void DumpRows(Database& database, const std::string& table, const Sink& sink) {
    Statement columns(database, "SELECT name FROM pragma_table_info(?)");
    columns.Bind(1, table);
    std::string values;
    while (columns.Step())
        values += (values.empty() ? "quote(" : " || ',' || quote(") + Quoted(columns.Text(0)) + ")";
    Statement rows(database, "SELECT " + values + " FROM " + Quoted(table));
    const std::string begin = "INSERT INTO " + Quoted(table) + " VALUES(";
    while (rows.Step()) sink(begin + rows.Text(0) + ");\n");
}

void DumpAll(Database& database, const Sink& sink) {
    for (const Object& table : Objects(database,
                                       "s.type = 'table' AND t.type = 'table' "
                                       "AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")) {
        sink(table.sql + ";\n");
        DumpRows(database, table.name, sink);
    }
    // Ids that have been used are not used again.
    if (Number(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'") > 0) {
        sink("DELETE FROM sqlite_sequence;\n");
        DumpRows(database, "sqlite_sequence", sink);
    }
    // An index over other tables' text is made from that, which its own tables need not repeat.
    for (const Object& table : Objects(database, "s.type = 'table' AND t.type = 'virtual'"))
        sink(table.sql + ";\nINSERT INTO " + Quoted(table.name) + "(" + Quoted(table.name) +
             ") VALUES('rebuild');\n");
    for (const Object& object : Objects(database, "s.type IN ('index', 'trigger', 'view')"))
        sink(object.sql + ";\n");
}

}  // namespace

void DumpSql(const std::filesystem::path& catalog, const Sink& sink) {
    Database database(catalog.string(), Database::Mode::kReadOnly);
    database.SetBusyTimeout(Catalog::kBusyTimeout);
    database.Execute("BEGIN");
    sink("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n");
    DumpAll(database, sink);
    sink("PRAGMA user_version=" +
         std::to_string(Number(database, "SELECT user_version FROM pragma_user_version")) +
         ";\nPRAGMA application_id=" +
         std::to_string(Number(database, "SELECT application_id FROM pragma_application_id")) +
         ";\nCOMMIT;\n");
}

}  // namespace aircheck::catalog

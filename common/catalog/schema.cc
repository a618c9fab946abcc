// SPDX-License-Identifier: MIT
#include "common/catalog/schema.h"

#include <array>
#include <stdexcept>
#include <string>

#include "common/storage/folder_lock.h"

namespace aircheck::catalog {
namespace {

/// Number n leads from version n to n + 1. One that has been released is never changed again.
/// schema.md explains the tables.
constexpr std::array kMigrations = {
    R"sql(
CREATE TABLE kv(
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE station(
    name       TEXT    NOT NULL PRIMARY KEY,
    longest_us INTEGER NOT NULL DEFAULT 0,
    disk_bytes INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE take(
    id           TEXT    NOT NULL PRIMARY KEY,
    station      TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    connected_us INTEGER NOT NULL,
    ended_us     INTEGER,
    end_cause    TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX take_unended ON take(station) WHERE ended_us IS NULL;

CREATE TABLE segment(
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    station     TEXT    NOT NULL,
    take        TEXT    NOT NULL REFERENCES take(id),
    sequence    INTEGER NOT NULL,
    path        TEXT    NOT NULL UNIQUE,
    state       TEXT    NOT NULL CHECK (state IN ('open', 'closed', 'uploaded')),
    start_us    INTEGER NOT NULL,
    end_us      INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    frames      INTEGER NOT NULL,
    samples     INTEGER NOT NULL,
    codec       TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    layer       INTEGER NOT NULL,
    sample_rate INTEGER NOT NULL,
    channels    INTEGER NOT NULL
);
CREATE INDEX segment_by_start ON segment(station, start_us, end_us);
CREATE INDEX segment_by_end ON segment(station, end_us);
CREATE INDEX segment_by_take ON segment(take, sequence);
CREATE INDEX segment_open ON segment(station, start_us) WHERE state = 'open';
CREATE INDEX segment_closed ON segment(start_us) WHERE state = 'closed';

CREATE TRIGGER segment_inserted AFTER INSERT ON segment BEGIN
    INSERT INTO station(name, longest_us, disk_bytes)
        VALUES (new.station, new.end_us - new.start_us, new.bytes * (new.state <> 'uploaded'))
        ON CONFLICT(name) DO UPDATE SET
            longest_us = max(longest_us, excluded.longest_us),
            disk_bytes = disk_bytes + excluded.disk_bytes;
END;
CREATE TRIGGER segment_updated AFTER UPDATE OF start_us, end_us, bytes, state ON segment BEGIN
    UPDATE station SET
            longest_us = max(longest_us, new.end_us - new.start_us),
            disk_bytes = disk_bytes + new.bytes * (new.state <> 'uploaded')
                                    - old.bytes * (old.state <> 'uploaded')
        WHERE name = new.station;
END;
CREATE TRIGGER segment_deleted AFTER DELETE ON segment BEGIN
    UPDATE station SET disk_bytes = disk_bytes - old.bytes * (old.state <> 'uploaded')
        WHERE name = old.station;
END;

CREATE TABLE seek(
    segment      INTEGER NOT NULL REFERENCES segment(id) ON DELETE CASCADE,
    first_sample INTEGER NOT NULL,
    entries      BLOB    NOT NULL,
    PRIMARY KEY (segment, first_sample)
) WITHOUT ROWID;

CREATE TABLE title(
    id      INTEGER PRIMARY KEY,
    station TEXT    NOT NULL,
    at_us   INTEGER NOT NULL,
    take    TEXT    NOT NULL REFERENCES take(id) ON DELETE CASCADE,
    title   TEXT    NOT NULL,
    url     TEXT    NOT NULL
);
CREATE INDEX title_by_time ON title(station, at_us);
CREATE INDEX title_by_take ON title(take);
)sql",
    R"sql(
ALTER TABLE segment ADD COLUMN take_sample INTEGER NOT NULL DEFAULT 0;
ALTER TABLE segment ADD COLUMN setup INTEGER NOT NULL DEFAULT 0;
ALTER TABLE segment ADD COLUMN setup_bytes INTEGER NOT NULL DEFAULT 0;

CREATE INDEX take_by_end ON take(ended_us);

CREATE TABLE mark(
    segment    INTEGER PRIMARY KEY REFERENCES segment(id) ON DELETE CASCADE,
    head       BLOB    NOT NULL,
    tail_begin INTEGER NOT NULL,
    tail       BLOB    NOT NULL
);

CREATE TABLE splice(
    older        TEXT    NOT NULL REFERENCES take(id) ON DELETE CASCADE,
    newer        TEXT    NOT NULL REFERENCES take(id) ON DELETE CASCADE,
    at_us        INTEGER NOT NULL,
    exact        INTEGER NOT NULL,
    older_sample INTEGER NOT NULL,
    newer_sample INTEGER NOT NULL,
    PRIMARY KEY (older, newer)
) WITHOUT ROWID;
CREATE INDEX splice_by_newer ON splice(newer);

CREATE TABLE failure(
    id      INTEGER PRIMARY KEY,
    station TEXT    NOT NULL,
    at_us   INTEGER NOT NULL,
    cause   TEXT    NOT NULL
);
CREATE INDEX failure_by_time ON failure(station, at_us);
)sql",
    R"sql(
CREATE VIRTUAL TABLE title_search USING fts5(
    station, title,
    content = 'title', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2'
);
INSERT INTO title_search(title_search) VALUES ('rebuild');

CREATE TRIGGER title_inserted AFTER INSERT ON title BEGIN
    INSERT INTO title_search(rowid, station, title) VALUES (new.id, new.station, new.title);
END;
CREATE TRIGGER title_updated AFTER UPDATE OF id, station, title ON title BEGIN
    INSERT INTO title_search(title_search, rowid, station, title)
        VALUES ('delete', old.id, old.station, old.title);
    INSERT INTO title_search(rowid, station, title) VALUES (new.id, new.station, new.title);
END;
CREATE TRIGGER title_deleted AFTER DELETE ON title BEGIN
    INSERT INTO title_search(title_search, rowid, station, title)
        VALUES ('delete', old.id, old.station, old.title);
END;
)sql",
    R"sql(
ALTER TABLE segment ADD COLUMN object TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX segment_by_object ON segment(object) WHERE object <> '';
CREATE INDEX segment_unsaved ON segment(station, end_us) WHERE state = 'closed' AND object = '';
CREATE INDEX segment_closed_saved ON segment(start_us) WHERE state = 'closed' AND object <> '';
CREATE INDEX segment_saved ON segment(station, start_us) WHERE state = 'closed' AND object <> '';

ALTER TABLE station ADD COLUMN aged_us INTEGER NOT NULL DEFAULT 0;

CREATE TABLE removal(
    id      INTEGER PRIMARY KEY,
    station TEXT    NOT NULL,
    from_us INTEGER NOT NULL,
    to_us   INTEGER NOT NULL,
    cause   TEXT    NOT NULL
);
CREATE INDEX removal_by_end ON removal(station, to_us);
)sql",
    R"sql(
ALTER TABLE segment ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
CREATE INDEX segment_unheard ON segment(start_us) WHERE state = 'closed' AND heard = 0;

CREATE TABLE loudness(
    segment INTEGER NOT NULL REFERENCES segment(id) ON DELETE CASCADE,
    minute  INTEGER NOT NULL,
    levels  BLOB    NOT NULL,
    PRIMARY KEY (segment, minute)
) WITHOUT ROWID;

CREATE TABLE outline(
    segment INTEGER PRIMARY KEY REFERENCES segment(id) ON DELETE CASCADE,
    levels  BLOB    NOT NULL
);
)sql",
};

std::int64_t Pragma(Database& database, std::string_view sql) {
    Statement statement(database, sql);
    return statement.Step() ? statement.Integer(0) : 0;
}

/// The file's version, after a look at whether it is ours at all.
int Version(Database& database, const std::filesystem::path& path) {
    // In this order: a file that another process fills meanwhile is seen either empty or whole.
    const bool empty = Pragma(database, "SELECT count(*) FROM sqlite_schema") == 0;
    const auto id = Pragma(database, "PRAGMA application_id");
    const auto version = static_cast<int>(Pragma(database, "PRAGMA user_version"));
    if (id != kApplicationId && (id != 0 || !empty))
        throw std::runtime_error(path.string() + " is a database, but not an Aircheck catalog");
    if (version > SchemaVersion())
        throw std::runtime_error(path.string() +
                                 " was written by a newer Aircheck (its schema is " +
                                 std::to_string(version) + ", this program knows up to " +
                                 std::to_string(SchemaVersion()) + "): upgrade this program");
    return version;
}

}  // namespace

int SchemaVersion() {
    return static_cast<int>(kMigrations.size());
}

void Migrate(Database& database, const std::filesystem::path& path) {
    // SQLite does not wait for locks when the journal mode changes, so those who start at the same
    // time queue up here.
    const auto lock = storage::LockFolder(path.parent_path(), storage::LockKind::kExclusive);
    int version = Version(database, path);
    database.Execute("PRAGMA journal_mode = WAL");
    // Without a sync at each commit: a power failure may cost the last rows, never the file, and
    // rows are found again from the segments' own frames.
    database.Execute("PRAGMA synchronous = NORMAL");
    database.Execute("PRAGMA journal_size_limit = 67108864");
    if (version == SchemaVersion()) return;

    Transaction transaction(database);
    for (; version < SchemaVersion(); ++version)
        database.Execute(kMigrations[static_cast<std::size_t>(version)]);
    database.Execute(("PRAGMA user_version = " + std::to_string(version)).c_str());
    database.Execute(("PRAGMA application_id = " + std::to_string(kApplicationId)).c_str());
    transaction.Commit();
}

void CheckSchema(Database& database, const std::filesystem::path& path) {
    // SQLite would take a log beside an empty file for none of its own, and delete it.
    if (std::filesystem::file_size(path) == 0 || Version(database, path) < SchemaVersion())
        throw std::runtime_error(path.string() + " is being made or was written by an older " +
                                 "Aircheck: a program that writes to it has to run first");
}

}  // namespace aircheck::catalog

PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE kv(
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "kv" VALUES('uuid','not one');
CREATE TABLE station(
    name       TEXT    NOT NULL PRIMARY KEY,
    longest_us INTEGER NOT NULL DEFAULT 0,
    disk_bytes INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
INSERT INTO "station" VALUES('kpcc',900000000,43200000);
CREATE TABLE take(
    id           TEXT    NOT NULL PRIMARY KEY,
    station      TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    connected_us INTEGER NOT NULL,
    ended_us     INTEGER,
    end_cause    TEXT    NOT NULL
) WITHOUT ROWID;
INSERT INTO "take" VALUES('3f9a2c1d7e05','kpcc','http://a/b',1795176000000000,1795177800000000,'stalled');
INSERT INTO "take" VALUES('5f3c00112233','kpcc','http://a/b',1795177790000000,NULL,'');
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
, take_sample INTEGER NOT NULL DEFAULT 0, setup INTEGER NOT NULL DEFAULT 0, setup_bytes INTEGER NOT NULL DEFAULT 0);
INSERT INTO "segment" VALUES(1,'kpcc','3f9a2c1d7e05',0,'kpcc/streams/kpcc-20261120T120000Z-3f9a2c1d7e05.mp3','closed',1795176000000000,1795176900000000,14400000,34453,39690000,'mpeg',1,3,44100,2,0,0,0);
INSERT INTO "segment" VALUES(2,'kpcc','3f9a2c1d7e05',1,'kpcc/streams/kpcc-20261120T121500Z-3f9a2c1d7e05.mp3','closed',1795176900000000,1795177800000000,14400000,34453,39690000,'mpeg',1,3,44100,2,39690000,0,0);
INSERT INTO "segment" VALUES(3,'kpcc','5f3c00112233',0,'kpcc/streams/kpcc-20261120T122950Z-5f3c00112233.mp3.part','open',1795177790000000,1795178690000000,14400000,34453,39690000,'mpeg',1,3,44100,2,0,0,0);
CREATE TABLE seek(
    segment      INTEGER NOT NULL REFERENCES segment(id) ON DELETE CASCADE,
    first_sample INTEGER NOT NULL,
    entries      BLOB    NOT NULL,
    PRIMARY KEY (segment, first_sample)
) WITHOUT ROWID;
INSERT INTO "seek" VALUES(1,0,X'0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE title(
    id      INTEGER PRIMARY KEY,
    station TEXT    NOT NULL,
    at_us   INTEGER NOT NULL,
    take    TEXT    NOT NULL REFERENCES take(id) ON DELETE CASCADE,
    title   TEXT    NOT NULL,
    url     TEXT    NOT NULL
);
INSERT INTO "title" VALUES(1,'kpcc',1795176000000000,'3f9a2c1d7e05','It''s Oh So Quiet','');
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
CREATE TABLE failure(
    id      INTEGER PRIMARY KEY,
    station TEXT    NOT NULL,
    at_us   INTEGER NOT NULL,
    cause   TEXT    NOT NULL
);
INSERT INTO "failure" VALUES(1,'kpcc',1795176000000000,'dns');
DELETE FROM sqlite_sequence;
INSERT INTO "sqlite_sequence" VALUES('segment',3);
CREATE VIRTUAL TABLE title_search USING fts5(
    station, title,
    content = 'title', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2'
);
INSERT INTO "title_search"("title_search") VALUES('rebuild');
CREATE INDEX take_unended ON take(station) WHERE ended_us IS NULL;
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
CREATE INDEX title_by_time ON title(station, at_us);
CREATE INDEX title_by_take ON title(take);
CREATE INDEX take_by_end ON take(ended_us);
CREATE INDEX splice_by_newer ON splice(newer);
CREATE INDEX failure_by_time ON failure(station, at_us);
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
PRAGMA user_version=3;
PRAGMA application_id=1095324227;
COMMIT;

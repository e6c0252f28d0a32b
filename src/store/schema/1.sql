-- 0x706f646c is "podl".
PRAGMA application_id = 1886348396;

-- This installation. last_stamp is the stamp in the id of the last row made here.
CREATE TABLE device (
    only_one   INTEGER PRIMARY KEY CHECK (only_one = 1),
    id         TEXT    NOT NULL,
    last_stamp INTEGER NOT NULL
) STRICT;
INSERT INTO device VALUES (1, lower(hex(randomblob(6))), 0);

-- What the learner did. seq is the order in which rows came into this file; the order in which
-- they count is (at_ms, id). body is the event as JSON, its kind included.
CREATE TABLE history (
    seq     INTEGER PRIMARY KEY,
    id      TEXT    NOT NULL UNIQUE,
    at_ms   INTEGER NOT NULL,
    device  TEXT    NOT NULL,
    session TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    body    TEXT    NOT NULL
) STRICT;
CREATE TRIGGER history_is_never_changed BEFORE UPDATE ON history
BEGIN SELECT raise(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_is_never_deleted BEFORE DELETE ON history
BEGIN SELECT raise(ABORT, 'history is append-only'); END;

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The text of each card when it was last studied, to find it again after an edit.
CREATE TABLE seen (
    card  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What was computed from history up to seq = upto. May be deleted at any time.
CREATE TABLE cache (
    name  TEXT    PRIMARY KEY,
    upto  INTEGER NOT NULL,
    bytes BLOB    NOT NULL
) STRICT;

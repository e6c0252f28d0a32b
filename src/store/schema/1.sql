-- 0x706f646c is "podl".
PRAGMA application_id = 1886348396;

-- This installation. Its next row is stamped above the row that came last, if that was made here,
-- and above last_stamp, which is at least every stamp given here before rows last came by import.
CREATE TABLE device (
    only_one   INTEGER PRIMARY KEY CHECK (only_one = 1),
    id         TEXT    NOT NULL,
    last_stamp INTEGER NOT NULL
) STRICT;
INSERT INTO device VALUES (1, lower(hex(randomblob(6))), 0);

-- What the learner did. seq is the order in which rows came into this file; the order in which
-- they count is (at_ms, id). A review has columns of its own, since there are many and all are read
-- at each start; of other kinds body holds the event as JSON.
CREATE TABLE history (
    seq               INTEGER PRIMARY KEY,
    id                TEXT    NOT NULL UNIQUE,
    at_ms             INTEGER NOT NULL,
    device            TEXT    NOT NULL,
    session           TEXT    NOT NULL,
    kind              TEXT    NOT NULL,
    body              TEXT,
    card              TEXT,
    rating            INTEGER,
    mode              TEXT,
    day               TEXT,
    duration_ms       INTEGER,
    elapsed_days      INTEGER,
    stability_before  REAL,
    difficulty_before REAL,
    stability_after   REAL,
    difficulty_after  REAL,
    predicted_recall  REAL,
    desired_retention REAL,
    parameters        TEXT,
    CHECK ((kind = 'review') = (body IS NULL)),
    CHECK (kind <> 'review' OR (
        card NOTNULL AND rating NOTNULL AND mode NOTNULL AND day NOTNULL AND duration_ms NOTNULL
        AND elapsed_days NOTNULL AND desired_retention NOTNULL AND parameters NOTNULL))
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

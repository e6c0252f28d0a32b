-- Interviews under way: what is asked, and how far each has come. One that is over is in history and no
-- longer here. holder is the sitting that has it on screen: only that one may write.
CREATE TABLE attempt (
    id       TEXT PRIMARY KEY,
    holder   TEXT NOT NULL,
    paper    TEXT NOT NULL,
    progress TEXT NOT NULL
) STRICT, WITHOUT ROWID;

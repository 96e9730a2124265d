-- Every write takes the next number, whichever election it is for: a row that is deleted does not take its numbers along.
CREATE SEQUENCE baton_revision;

-- Who leads is in holder. Times and durations are the holder's own, as text: people read them, no server computes with them.
CREATE TABLE baton_election (
    election    VARCHAR PRIMARY KEY,
    revision    BIGINT  NOT NULL DEFAULT 0,
    holder      VARCHAR NOT NULL DEFAULT '',
    nonce       VARCHAR NOT NULL DEFAULT '',
    lease       VARCHAR NOT NULL DEFAULT 'PT0S',
    acquired    VARCHAR NOT NULL DEFAULT '1970-01-01T00:00:00Z',
    renewed     VARCHAR NOT NULL DEFAULT '1970-01-01T00:00:00Z',
    transitions INTEGER NOT NULL DEFAULT 0
);

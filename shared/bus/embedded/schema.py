"""The bus's tables.

A record's ``place`` is its partition's id shifted by 40 bits, plus its offset: one number orders the log, is the table's
own key, and lets every poll be one walk along it.
"""

OFFSET_BITS = 40

V1 = """
CREATE TABLE bus_partitions (
  id INTEGER PRIMARY KEY,
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  compacted INTEGER NOT NULL,
  next_offset INTEGER NOT NULL DEFAULT 0,
  UNIQUE (topic, partition)
) STRICT;
CREATE TABLE bus_records (
  place INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  value BLOB,
  headers BLOB,
  appended_at INTEGER NOT NULL,
  compacted INTEGER NOT NULL
) STRICT;
CREATE INDEX bus_records_by_key ON bus_records (key, place) WHERE compacted = 1;
CREATE INDEX bus_tombstones ON bus_records (appended_at) WHERE compacted = 1 AND value IS NULL;
CREATE TABLE bus_members (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  topic TEXT NOT NULL,
  group_name TEXT NOT NULL,
  lock_name TEXT NOT NULL,
  session_timeout INTEGER NOT NULL,
  heartbeat_at INTEGER NOT NULL
) STRICT;
CREATE TABLE bus_claims (
  topic TEXT NOT NULL,
  group_name TEXT NOT NULL,
  partition INTEGER NOT NULL,
  partition_id INTEGER NOT NULL,
  owner INTEGER,
  epoch INTEGER NOT NULL DEFAULT 0,
  next_offset INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (topic, group_name, partition)
) STRICT, WITHOUT ROWID
"""

V2 = "ALTER TABLE bus_partitions ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0"

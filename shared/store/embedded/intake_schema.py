"""Tables of what comes in that the first versions did not have."""

V1 = """
CREATE TABLE source_states (
  name TEXT PRIMARY KEY,
  doc BLOB NOT NULL
) STRICT;
CREATE TABLE families (
  key TEXT PRIMARY KEY,
  family_id TEXT NOT NULL,
  width INTEGER NOT NULL
) STRICT;
CREATE TABLE idempotency_keys (
  key TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  token INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  answer BLOB
) STRICT
"""

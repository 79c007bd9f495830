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

V2 = """
ALTER TABLE publications ADD COLUMN application_number TEXT;
UPDATE publications SET application_number = json_extract(cast(doc AS TEXT), '$.publication.application_number');
CREATE INDEX publications_by_application ON publications (application_number) WHERE application_number IS NOT NULL
"""

V3 = """
ALTER TABLE quarantine_items ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine_items ADD COLUMN last_seen_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quarantine_items ADD COLUMN held_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE quarantine_items SET
  source = json_extract(cast(doc AS TEXT), '$.source'),
  last_seen_at = quarantined_at,
  held_bytes = json_extract(cast(doc AS TEXT), '$.size_bytes');
CREATE INDEX quarantine_items_held ON quarantine_items (reason_code, held_bytes)
"""

"""How the tables of matches, alerts and subscriptions changed after the first version.

``alerts.due`` is a moment in microseconds, or a negative number when something changed and a planner must look again: a different
one each time, so that whoever saw the one before can tell (see `shared.store.telling.Alerts.postpone`).
"""

LOOK_AGAIN = "-(abs(random() % 1000000000000000) + 1)"
"""For ``SET due =``."""

V2 = f"""
ALTER TABLE matches RENAME TO found_matches;
DROP INDEX matches_by_profile;
CREATE TABLE matches (
  publication_number TEXT PRIMARY KEY,
  matched_at INTEGER NOT NULL,
  profiles BLOB NOT NULL
) STRICT;
CREATE TABLE match_counts (
  profile_id TEXT PRIMARY KEY,
  found INTEGER NOT NULL,
  last_matched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO matches
  SELECT publication_number, max(matched_at), cast(json_group_array(profile_id) AS BLOB)
  FROM found_matches GROUP BY publication_number;
INSERT INTO match_counts SELECT profile_id, count(*), max(matched_at) FROM found_matches GROUP BY profile_id;
DROP TABLE found_matches;
ALTER TABLE alerts ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
UPDATE alerts SET kind = coalesce(json_extract(cast(doc AS TEXT), '$.publication.kind'), ''), due = {LOOK_AGAIN};
CREATE INDEX alerts_due ON alerts (due, subscription_id, destination_id, created_at) WHERE state = 'pending';
CREATE INDEX alerts_waiting_at ON alerts (destination_id) WHERE state = 'pending';
DROP TABLE subscription_profiles;
CREATE TABLE subscription_changes (
  subscription_id TEXT PRIMARY KEY,
  mark INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
INSERT INTO subscription_changes SELECT id, row_number() OVER (ORDER BY id) FROM subscriptions
"""  # noqa: S608 - a constant

V3 = """
CREATE INDEX alerts_inbox ON alerts (subscription_id, created_at, publication_number, destination_id, state);
CREATE INDEX alerts_waiting ON alerts (destination_id, subscription_id, created_at, state) WHERE state = 'pending';
DROP INDEX alerts_by_state;
DROP INDEX alerts_waiting_at
"""
"""Each alert stands in as many indexes as before: what people read in the order in which they do, what waits by whom it waits for."""

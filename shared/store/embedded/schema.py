"""The store's tables: ``doc`` holds the whole document, every other column serves a query or guards "nothing twice".

Moments are microseconds since 1970 in UTC.
"""

V1 = """
CREATE TABLE publications (
  number TEXT PRIMARY KEY,
  published_on TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  doc BLOB NOT NULL
) STRICT;
CREATE INDEX publications_by_date ON publications (published_on, number);
CREATE TABLE publication_versions (
  number TEXT NOT NULL,
  version INTEGER NOT NULL,
  content_hash TEXT NOT NULL,
  accepted_at INTEGER NOT NULL,
  doc BLOB NOT NULL,
  PRIMARY KEY (number, version)
) STRICT;
CREATE TABLE profiles (
  id TEXT PRIMARY KEY,
  saved_at INTEGER NOT NULL,
  doc BLOB NOT NULL
) STRICT;
CREATE TABLE destinations (
  id TEXT PRIMARY KEY,
  doc BLOB NOT NULL
) STRICT;
CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY,
  doc BLOB NOT NULL
) STRICT;
CREATE TABLE subscription_profiles (
  profile_id TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  PRIMARY KEY (profile_id, subscription_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_profiles_by_subscription ON subscription_profiles (subscription_id);
CREATE TABLE unsubscribe_tokens (
  token_hash TEXT PRIMARY KEY,
  subscription_id TEXT NOT NULL,
  destination_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE matches (
  profile_id TEXT NOT NULL,
  publication_number TEXT NOT NULL,
  matched_at INTEGER NOT NULL,
  doc BLOB NOT NULL,
  UNIQUE (profile_id, publication_number)
) STRICT;
CREATE INDEX matches_by_profile ON matches (profile_id, matched_at);
CREATE TABLE alerts (
  subscription_id TEXT NOT NULL,
  publication_number TEXT NOT NULL,
  destination_id TEXT NOT NULL,
  family_key TEXT,
  state TEXT NOT NULL,
  delivery_id TEXT,
  created_at INTEGER NOT NULL,
  doc BLOB NOT NULL,
  UNIQUE (subscription_id, publication_number, destination_id)
) STRICT;
CREATE INDEX alerts_by_state ON alerts (state, subscription_id, destination_id, created_at);
CREATE INDEX alerts_by_family ON alerts (family_key) WHERE family_key IS NOT NULL;
CREATE INDEX alerts_by_delivery ON alerts (delivery_id) WHERE delivery_id IS NOT NULL;
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  subscription_id TEXT NOT NULL,
  destination_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  page INTEGER NOT NULL,
  state TEXT NOT NULL,
  owner TEXT,
  lease_until INTEGER,
  next_attempt_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  doc BLOB NOT NULL
) STRICT;
CREATE INDEX deliveries_due
  ON deliveries (state, next_attempt_at, destination_id, created_at, subscription_id, page);
CREATE INDEX deliveries_by_state ON deliveries (state, created_at, channel);
CREATE INDEX deliveries_by_destination ON deliveries (destination_id, created_at);
CREATE INDEX deliveries_by_age ON deliveries (created_at);
CREATE TABLE delivery_attempts (
  delivery_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  destination_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  doc BLOB NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT;
CREATE INDEX delivery_attempts_by_destination ON delivery_attempts (destination_id, started_at);
CREATE TABLE ingest_runs (
  id TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  doc BLOB NOT NULL
) STRICT;
CREATE INDEX ingest_runs_by_age ON ingest_runs (started_at);
CREATE TABLE quarantine_items (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  reason_code TEXT NOT NULL,
  quarantined_at INTEGER NOT NULL,
  replayed_at INTEGER,
  doc BLOB NOT NULL,
  content BLOB
) STRICT;
CREATE INDEX quarantine_items_by_age ON quarantine_items (quarantined_at);
CREATE INDEX quarantine_items_waiting ON quarantine_items (reason_code) WHERE replayed_at IS NULL
"""

V2 = """
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  token INTEGER NOT NULL,
  ends_at INTEGER NOT NULL
) STRICT;
CREATE TABLE lane_turns (
  lane TEXT NOT NULL,
  turn TEXT NOT NULL,
  counts_until INTEGER NOT NULL,
  PRIMARY KEY (lane, turn)
) STRICT, WITHOUT ROWID;
CREATE TABLE members (
  role TEXT NOT NULL,
  instance TEXT NOT NULL,
  alive_until INTEGER NOT NULL,
  PRIMARY KEY (role, instance)
) STRICT, WITHOUT ROWID;
DROP INDEX delivery_attempts_by_destination;
CREATE INDEX deliveries_sending ON deliveries (destination_id) WHERE state = 'sending'
"""

"""What an archive needs beside the collections: why the store is closed, and what changed while it is copied."""

V1 = """
CREATE TABLE closures (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  doc BLOB NOT NULL
) STRICT;
CREATE TABLE archive_changes (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  collection TEXT NOT NULL,
  key TEXT NOT NULL
) STRICT
"""

"""One SQLite file that several processes share: the ground of the embedded backends."""

"""``/start``: from a company's name to its first alert in three minutes."""

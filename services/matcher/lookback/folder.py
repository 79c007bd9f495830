"""Where the index lies: names, known to those who write, read and guard it."""

FOLDER = "lookback"
"""In the data folder."""

CONTENTS = "past.json"
"""Names the segments that count."""

LOCK = "writer.lock"
"""Whoever writes holds it."""

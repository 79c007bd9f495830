"""Where the index lies: names, known to those who write, read and guard it."""

FOLDER = "lookback"
"""In the data folder."""

CONTENTS = "past.json"
"""Names the segments that count."""

BEFORE = "before.json"
"""Names the segments of the index before, which answers while another is made."""

LOCK = "writer.lock"
"""Whoever writes holds it."""

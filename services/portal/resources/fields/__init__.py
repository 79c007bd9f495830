"""One file a table: its root, then its fields. Made by ``tools/make_fields.py``; the volumes by ``tools/measure_fields.py``."""

"""The bus on SQLite: a log table, and groups whose members are rows with a locked file each."""

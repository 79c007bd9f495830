"""Mapping files: what a person writes down of a table that no format knows (docs/sources.md, "Any spreadsheet, by a mapping file")."""

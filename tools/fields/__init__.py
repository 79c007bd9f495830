"""Raw material and hand edits from which `tools.make_fields` makes the catalogue of technical fields."""

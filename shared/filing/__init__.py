"""Kinds of documents that people own and edit; each module has one, `shared.filing.kinds` has all."""

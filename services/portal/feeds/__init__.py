"""Feeds: what was delivered to a ``feed`` destination, as Atom and as JSON Feed, for readers that come for it."""

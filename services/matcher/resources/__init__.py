"""Tables that ship with the matcher; docs/sources.md names where they come from."""

"""Tables that come with the program; docs/sources.md names where each is from."""

"""Stored samples of everything that lies on the bus or in the store, decoded for ever."""

"""Sending: one delivery is one call of a vendor, written down before and after."""

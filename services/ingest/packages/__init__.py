"""Bulk packages: what their index lists is held to what is in them."""

"""Proposals for rings, read off the definitions that publications give themselves; a person accepts or rejects them."""

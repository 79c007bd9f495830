"""How messages look: what is said of an item, once, and its form on each channel."""

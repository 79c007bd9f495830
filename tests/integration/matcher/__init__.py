"""The matcher's role on a real embedded bus."""

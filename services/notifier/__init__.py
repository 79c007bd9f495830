"""Notifier: turns matches into messages that arrive once, on time, with the reason."""

"""Lucene Monitor, tuned for Chinese: the strongest peer."""

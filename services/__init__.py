"""The roles of Zhitui (ingest, matcher, notifier, portal), its command line and its demo."""

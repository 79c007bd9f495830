"""Ingest: reads what sources bring, accounts for every record, and puts publications on the bus."""

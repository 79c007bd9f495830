"""The bus: append-only, partitioned topics that services meet on."""

"""Fixtures for all tests."""

from hypothesis import settings

pytest_plugins = ["tests.servers"]

# How long a case may last says something of the machine, not of the code: speed is measured in benchmarks.
settings.register_profile("zhitui", deadline=None)
settings.load_profile("zhitui")

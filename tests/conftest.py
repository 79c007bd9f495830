"""Fixtures for all tests."""

import os

import pytest
from hypothesis import settings

pytest_plugins = ["tests.servers"]

# How long a case may last says something of the machine, not of the code: speed is measured in benchmarks.
settings.register_profile("zhitui", deadline=None)
settings.load_profile("zhitui")


@pytest.hookimpl(optionalhook=True)  # there is none without pytest-xdist
def pytest_xdist_auto_num_workers() -> int | None:
    """Return how many processes ``--numprocesses auto`` means: three for two cores, as a third of the time is waiting for others.

    ``PYTEST_XDIST_AUTO_NUM_WORKERS`` says otherwise.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = len(os.sched_getaffinity(0))
    return cores + max(1, cores // 2)

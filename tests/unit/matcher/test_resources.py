"""The tables that ship are what the scripts of tools/ make of the reference data."""

import gzip

import pytest

from tests.reference import reference
from tools import make_divisions, make_ipc_levels

pytestmark = pytest.mark.data


def test_the_ipc_table_is_what_its_script_makes() -> None:
    made = make_ipc_levels.make(reference("ipc", "ipc_2023_levels.tsv"), reference("ipc", "ipc_2026.01_zh.tsv"))
    assert gzip.decompress(made) == gzip.decompress(make_ipc_levels.TARGET.read_bytes())


def test_the_names_of_places_are_what_their_script_makes() -> None:
    assert make_divisions.make(reference("admin", "areas.csv")) == make_divisions.TARGET.read_text("utf-8")

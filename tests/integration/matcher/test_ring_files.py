"""Files of rings: the shipped one, and those that a person accepted."""

from pathlib import Path

import pytest

from services.matcher.rings import Ring, Rings, ring_set
from services.matcher.rings.files import RINGS, read_rings, write_lines
from shared.errors import InvalidInputError


def test_accepted_rings_are_in_force_beside_the_shipped_ones(tmp_path: Path) -> None:
    assert ring_set() is Rings.shipped()
    assert ring_set(tmp_path) is Rings.shipped()
    accepted = [
        Ring(id="m-1", members=("某新词", "某旧词")),
        Ring(id="m-2", members=("LED", "发光管子"), extends="H168"),
    ]
    write_lines(tmp_path / "terms.jsonl", RINGS, accepted)
    assert read_rings(tmp_path / "terms.jsonl") == accepted
    rings = ring_set(tmp_path)
    assert rings.synonyms_of("某新词") == ("某旧词",)
    assert "发光管子" in rings.synonyms_of("light emitting diode")
    assert rings.fingerprint != Rings.shipped().fingerprint


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="无法读取"):
        read_rings(tmp_path / "none.jsonl")

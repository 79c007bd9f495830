"""Every format has goldens and a section in the docs; a golden is an input and what it becomes."""

import re
from pathlib import Path

import msgspec
import pytest

from services.ingest import formats
from services.ingest.formats import FORMATS, Format
from services.ingest.reader import Reading
from services.ingest.records import Rejected
from shared.wire.publication import Publication

HERE = Path(__file__).parent
DOCS = Path(__file__).parents[3] / "docs" / "sources.md"
INPUTS = sorted(
    path for path in HERE.glob("*/*") if path.suffix != ".json" and path.with_suffix(".golden.json").exists()
)


def told(path: Path, spool: Path) -> list[object]:
    """Return what an input becomes, in its order: publications, and where what was refused and why."""
    return [
        {"refused": item.reason_code, "location": item.location} if isinstance(item, Rejected) else item.publication
        for item in Reading.of_path(path, spool)
    ]


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_defects_are_read_as_the_golden_says(path: Path, tmp_path: Path) -> None:
    golden = msgspec.json.decode(path.with_suffix(".golden.json").read_bytes())
    assert told(path, tmp_path) == [one if "refused" in one else msgspec.convert(one, Publication) for one in golden]


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
def test_every_format_has_a_golden_and_a_section_in_the_docs(one: Format) -> None:
    assert list(HERE.joinpath(one.name.replace("-", "_")).glob("*.json"))
    module = next(module for module in vars(formats).values() if getattr(module, "NAME", "") == one.name)
    section = re.search(r'docs/sources\.md, "(.+?)"', module.__doc__ or "")
    assert section is not None
    assert f"\n### {section[1]}\n" in DOCS.read_text("utf-8")

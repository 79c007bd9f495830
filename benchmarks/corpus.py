"""The texts that profiles and publications are made of: the reference data where they lie beside the checkout, else made ones."""

import csv
import json
import re
from functools import cache
from pathlib import Path

import msgspec

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "data"
GAZETTE_FILES = ("invention_published", "invention_granted", "utility_model")

_SYMBOL = re.compile(r"[A-H]\d\d[A-Z]\d+/\d+")


class Corpus(msgspec.Struct, frozen=True):
    """What there is to make profiles and publications of.

    Attributes:
        titles: (title, IPC symbols) of patents; profiles are about these.
        places: (subclass, title of a place of the IPC).
        abstracts: of other patents; publications are made of these.
    """

    titles: list[tuple[str, tuple[str, ...]]]
    places: list[tuple[str, str]]
    abstracts: list[str]


@cache
def corpus() -> Corpus:
    """Return the reference texts, or made ones where those are absent."""
    from benchmarks.made_corpus import made_corpus  # noqa: PLC0415 - it builds on this module

    return reference_corpus() if (REFERENCE / "kppatent").exists() else made_corpus()


def reference_corpus() -> Corpus:
    """Read the reference data: a gazette's titles, the IPC's titles, abstracts of patents.

    Raises:
        FileNotFoundError: they are not beside the checkout.
    """
    texts = json.loads((REFERENCE / "kppatent" / "abstracts_with_keywords.json").read_text("utf-8"))
    lines = (REFERENCE / "ipc" / "ipc_2026.01_zh.tsv").read_text("utf-8").splitlines()
    columns = [line.split("\t") for line in lines]
    return Corpus(
        titles=gazette_titles(REFERENCE / "gazette-2019-07-09"),
        places=[(row[0][:4], row[2]) for row in columns if len(row) > 2 and len(row[0]) > 4],
        abstracts=list(dict.fromkeys(re.sub(r"^摘要[：:]", "", text["input"].strip()) for text in texts)),
    )


def gazette_titles(folder: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Read (title, IPC symbols) of a folder of gazette files."""
    titles = []
    for name in GAZETTE_FILES:
        rows = csv.DictReader((folder / f"{name}.csv").read_text("gb18030", errors="replace").splitlines())
        for row in rows:
            symbols = tuple(dict.fromkeys(_SYMBOL.findall(row["Int.Cl."] or "")))
            if row["name"] and symbols:
                titles.append((row["name"].strip(), symbols))
    return titles

"""docs/fields.md tells the figures that are shipped."""

import re
from pathlib import Path

from services.portal.catalogue.catalogue import shipped, volumes

TEXT = (Path(__file__).resolve().parents[4] / "docs" / "fields.md").read_text("utf-8")


def numbers(text: str) -> list[int]:
    return [int(number.replace(",", "")) for number in re.findall(r"[\d,]+", text)]


def test_the_tables_have_the_fields_and_publications_that_it_says() -> None:
    rows = re.findall(r"^\| ((?:`\w+` ?)+) \| [^|]+ \| ([\d,]+) \| ([\d, ]+) \|$", TEXT, re.MULTILINE)
    told = {tuple(re.findall(r"`(\w+)`", codes)): (numbers(fields)[0], counts) for codes, fields, counts in rows}
    assert [code for codes in told for code in codes] == [root.code for root in shipped().roots]
    for codes, (fields, counts) in told.items():
        assert fields == sum(bool(f.rules) and f.code.partition("-")[0] in codes for f in shipped().fields)
        assert numbers(counts.replace(", ", " ")) == [volumes().matches[code] for code in codes]


def test_floods_and_fields_without_a_publication_are_as_many_as_it_says() -> None:
    found = volumes().matches
    tabled = [
        found[f.code] for f in shipped().fields if f.rules and f.code.partition("-")[0] not in {"smart", "beidou"}
    ]
    for most, label in ((300, "300 publications or more in the issue"), (150, "150 or more"), (75, "75 or more")):
        told = re.search(rf"^\| {label} \| \d+ \| (\d+) \|$", TEXT, re.MULTILINE)
        assert told is not None
        assert int(told[1]) == sum(number >= most for number in tabled)
    nothing = sum(not found[field.code] for field in shipped().fields if field.rules)
    assert f"Nothing was found for {nothing} fields" in TEXT
    assert f"| none | 369 | {sum(not number for number in tabled)} |" in TEXT
    assert f"| matches in all | 31,931 | {sum(tabled):,} |" in TEXT

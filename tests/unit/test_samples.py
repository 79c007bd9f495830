"""What ships in samples/ is what the README and the demo promise."""

import csv
import io
import re
from pathlib import Path

import msgspec

from shared.wire.profile import Profile

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
HEADER = "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,patentee,designer,address,Int.Cl."
ORGANISATION = re.compile(r"(?:公司|大学|学院|研究院|研究所|中心|医院|厂|集团|株式会社)$")
NUMBER = re.compile(r"CN\d{9}[ABUS]")


def rows(name: str) -> list[list[str]]:
    """Return the readable, complete rows of a sample file."""
    text = (SAMPLES / "gazette" / f"{name}.csv").read_bytes().decode("gb18030", "replace")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert ",".join(lines[0]) == HEADER
    return [row for row in lines[1:] if len(row) == 10 and NUMBER.fullmatch(row[2]) and "\ufffd" not in text_of(row)]


def text_of(row: list[str]) -> str:
    return ",".join(row)


ALL = [row for name in ("invention_published", "invention_granted", "utility_model", "design") for row in rows(name)]


def test_a_few_hundred_publications_of_which_150_and_more_are_from_guangzhou() -> None:
    numbers = {row[2] for row in ALL}
    from_guangzhou = {row[2] for row in ALL if "广东省广州市" in row[8][:12]}
    assert 350 <= len(numbers) <= 500
    assert len(from_guangzhou) >= 150


def test_all_four_kinds_are_there() -> None:
    assert {row[2][-1] for row in ALL} == set("ABUS")


def test_no_natural_person_stands_in_a_sample() -> None:
    assert {row[7] for row in ALL} == {""}
    applicants = [[name for part in row[6].split(";") if (name := part.strip(" ?\u2002"))] for row in ALL]
    assert all(applicants)
    assert not [name for names in applicants for name in names if not ORGANISATION.search(name)]


def test_addresses_end_at_the_district() -> None:
    assert not [row[8] for row in ALL if re.search(r"\d", row[8][6:]) or re.search(r"[路街号楼]$", row[8])]


def test_the_defects_of_a_real_feed_are_there() -> None:
    said = ["|".join(row[1:]) for row in ALL]
    assert len(said) - len(set(said)) >= 4, "duplicate rows"
    assert any(row[4] == "2.02E+12" for row in ALL), "filing numbers ruined by a spreadsheet"
    assert any(";??" in row[9] for row in ALL), "unmappable characters between IPC symbols"
    assert any(row[6].endswith(";") for row in ALL), "a separator after the last applicant"
    assert any(re.match(r"\d{6}广东", row[8]) for row in ALL), "postcode glued to the address"
    assert any(row[8] == "法国巴黎" for row in ALL), "a foreign address"
    assert any("萝岗区" in row[8] for row in ALL), "a dissolved district"
    assert any(re.match(r"\d\d-\d\d \(\d+\)", row[9]) for row in ALL), "Locarno in the IPC column"
    assert sum(row[3] == "2019.07.05" for row in ALL) == 10, "rows of another date"
    by_number: dict[str, set[str]] = {}
    for row in ALL:
        by_number.setdefault(row[2], set()).add(row[1])
    assert sum(len(titles) > 1 for titles in by_number.values()) == 2, "numbers told with two titles: corrections"


def test_four_rows_cannot_be_read() -> None:
    lines = (SAMPLES / "gazette" / "utility_model.csv").read_bytes().splitlines()[1:]
    assert len(lines) - len(rows("utility_model")) == 4


def test_a_dozen_profiles_are_valid_and_differ() -> None:
    profiles = [
        msgspec.json.decode(line, type=Profile) for line in (SAMPLES / "profiles.jsonl").read_bytes().splitlines()
    ]
    assert len(profiles) >= 12
    assert len({profile.id for profile in profiles}) == len(profiles)
    assert all(profile.name for profile in profiles)

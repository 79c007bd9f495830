"""The samples go through the real commands as the README says they do."""

import json
import subprocess
from collections import Counter
from pathlib import Path

from tests.e2e.conftest import ROOT, ZHITUI, environment

PROFILES = ROOT / "samples/profiles.jsonl"


def zhitui(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*ZHITUI, *arguments],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def test_every_sample_profile_matches_twice_and_more_in_the_sample_gazette(tmp_path: Path) -> None:
    parsed = zhitui(tmp_path, "parse", str(ROOT / "samples/gazette"), "--summary", "summary.json")
    publications = tmp_path / "publications.jsonl"
    publications.write_text(parsed.stdout, "utf-8")
    matched = zhitui(tmp_path, "match", "--profiles", str(PROFILES), "--publications", str(publications))
    found = Counter(json.loads(line)["profile_id"] for line in matched.stdout.splitlines())
    ids = {json.loads(line)["id"] for line in PROFILES.read_text("utf-8").splitlines()}
    assert {id_ for id_ in ids if found[id_] < 2} == set()
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert (summary["rejected"], summary["corrected"], summary["unchanged"]) == (4, 2, 6)
    guangzhou = {p["publication_number"] for p in map(json.loads, parsed.stdout.splitlines()) if in_guangzhou(p)}
    assert len(guangzhou) >= 150


def in_guangzhou(publication: dict[str, list[dict[str, str | None]]]) -> bool:
    return any((applicant["region"] or "").startswith("4401") for applicant in publication["applicants"])


def test_no_sample_profile_has_anything_to_be_warned_of(tmp_path: Path) -> None:
    checked = zhitui(tmp_path, "profile", "check", str(PROFILES))
    assert "0 处错误，0 处提醒" in checked.stdout + checked.stderr

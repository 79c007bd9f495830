"""Measure how many publications of one gazette issue belong to each technical field.

Usage: ``python -m tools.measure_fields PUBLICATIONS DATE [ISSUES_A_WEEK]``: the file is what ``zhitui parse`` wrote of the issue. Writes ``volumes.json``
beside the catalogue and prints the fields without any publication and those with very many: what an editor should look at.
"""

import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import msgspec

from services.portal.catalogue.catalogue import shipped
from services.portal.catalogue.field import Volumes
from shared.wire.match import Match
from shared.wire.profile import Profile

TARGET = Path(__file__).resolve().parents[1] / "services" / "portal" / "resources" / "fields" / "volumes.json"
FLOOD = 150
"""Publications of an issue from which a field is looked at: about 60 a working day."""


def measure(publications: Path, issued_on: str, issues_a_week: int) -> Volumes:
    """Match every field with rules; a node without counts what is found by those below it, each publication once."""
    catalogue = shipped()
    profiles = [Profile(id=field.code, name=field.zh, rules=field.rules) for field in catalogue.fields if field.rules]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fields.jsonl"
        file.write_bytes(b"".join(msgspec.json.encode(profile) + b"\n" for profile in profiles))
        command = [
            sys.executable,
            "-m",
            "services",
            "match",
            "--profiles",
            str(file),
            "--publications",
            str(publications),
        ]
        lines = subprocess.run(command, check=True, capture_output=True).stdout.splitlines()  # noqa: S603 - our own program
    found: defaultdict[str, set[str]] = defaultdict(set)
    for match in msgspec.json.decode(b"[" + b",".join(lines) + b"]", type=list[Match]):
        found[match.profile_id].add(match.publication_number)
    for field in reversed(catalogue.fields):  # what is below stands behind
        if not field.rules:
            found[field.code] = set().union(*(found[child.code] for child in catalogue.below(field.code)))
    return Volumes(
        issued_on=issued_on,
        basis=f"国家知识产权局公报 {issued_on} 一期，只有标题和分类，没有摘要和权利要求；按每周 {issues_a_week} 期折算",
        publications=sum(1 for _ in publications.open("rb")),
        issues_a_week=issues_a_week,
        matches={field.code: len(found[field.code]) for field in catalogue.fields},
    )


if __name__ == "__main__":
    volumes = measure(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 2)  # noqa: PLR2004
    TARGET.write_bytes(msgspec.json.format(msgspec.json.encode(volumes), indent=1) + b"\n")
    ruled = {field.code: volumes.matches[field.code] for field in shipped().fields if field.rules}
    floods = sorted(((number, code) for code, number in ruled.items() if number >= FLOOD), reverse=True)
    print(f"{sum(1 for number in ruled.values() if not number)} of {len(ruled)} fields without a publication")
    print("floods:", " ".join(f"{code} {number}" for number, code in floods))

"""How far off the expected alerts a week are, and how often profiles that nobody broke have findings, and how many slips are mended.

Usage: ``python -m benchmarks.health PROFILES PUBLICATIONS [MOST_PROFILES]`` (JSON Lines). Publications must not be those that the profiles
were made from. Exclusions are taken out of the profiles first, for the estimate leaves them out of account.
"""

import math
import sys
import time
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TypeVar

import msgspec

from services.matcher.engine.confusion import sounds
from services.matcher.engine.engine import Engine
from services.matcher.engine.text import normalise_term
from services.matcher.health import Knowledge, health
from services.matcher.health.knowledge import PUBLICATIONS_A_WEEK
from services.matcher.health.spelling import doubt_about
from services.matcher.rings import Rings
from shared.wire.profile import Profile, Rule, as_term
from shared.wire.publication import Publication

T = TypeVar("T")

BANDS = (0.0, 0.1, 1.0, 10.0, 100.0, 1000.0, math.inf)
BATCH = 500
TERMS = 20_000
FOLD = 3.0


def main() -> None:
    """Read both files, check, match, and print two tables."""
    path, documents, *most = sys.argv[1:]
    profiles = read(Path(path), Profile, int(most[0]) if most else None)
    publications = read(Path(documents), Publication, None)
    print_findings(profiles)
    print_spelling(profiles)
    bare = [
        msgspec.structs.replace(profile, rules=tuple(map(without_exclusions, profile.rules))) for profile in profiles
    ]
    print_projection(bare, publications)


def read(path: Path, kind: type[T], most: int | None) -> list[T]:
    """Read the first lines of a file."""
    decoder = msgspec.json.Decoder(kind)
    with path.open("rb") as file:
        return [decoder.decode(line) for number, line in enumerate(file) if most is None or number < most]


def without_exclusions(rule: Rule) -> Rule:
    """Return a rule with its positive conditions only."""
    return msgspec.structs.replace(rule, none=(), not_ipc=(), not_applicants=())


def print_findings(profiles: list[Profile]) -> None:
    """Print how many profiles have a finding, by code."""
    began = time.process_time()
    known = Knowledge.of(profiles)
    of_profiles = [health(profile, known)[0] for profile in profiles]
    each = (time.process_time() - began) / len(profiles)
    print(f"{len(profiles)} profiles, {each * 1e6:.0f} µs of CPU each")
    for severity in ("error", "warning", "hint"):
        having = sum(any(finding.severity == severity for finding in findings) for findings in of_profiles)
        print(f"  with a finding of severity {severity:<8} {having / len(profiles):7.2%}")
    codes = Counter(code for findings in of_profiles for code in {finding.code.value for finding in findings})
    for code, count in codes.most_common():
        print(f"    {code:<20} {count / len(profiles):7.2%}")


def print_spelling(profiles: list[Profile]) -> None:
    """Print how many keywords are doubted as they are, and how many get back a character that one of its sound and tone replaced."""
    terms = {
        as_term(term).text for profile in profiles for rule in profile.rules for group in rule.groups for term in group
    }
    chosen = Random(1).sample(sorted(terms), min(TERMS, len(terms)))
    of_sound = defaultdict(list)
    for character, readings in sounds().items():
        for reading in readings:
            of_sound[reading].append(character)
    random = Random(2)
    doubted = suggested = slips = mended = 0
    for term in map(normalise_term, chosen):
        doubt = doubt_about(term)
        doubted += doubt is not None
        suggested += doubt is not None and bool(doubt.suggestions)
        at = random.randrange(len(term))
        others = sorted({c for reading in sounds().get(term[at], ()) for c in of_sound[reading]} - {term[at]})
        if others:
            slip = doubt_about(term[:at] + random.choice(others) + term[at + 1 :])
            slips += 1
            mended += slip is not None and term in slip.suggestions
    print(
        f"{len(chosen)} keywords: {doubted} doubted, {suggested} with another spelling; of {slips} slips {mended / slips:.0%} mended"
    )


def print_projection(profiles: list[Profile], publications: list[Publication]) -> None:
    """Print, by expected alerts a week, what was counted over what was expected."""
    known = Knowledge.of(profiles)
    expected = {profile.id: health(profile, known)[1].a_week for profile in profiles}
    engine = Engine.compile(profiles, Rings.shipped())
    counted: Counter[str] = Counter()
    for first in range(0, len(publications), BATCH):
        for matches in engine.match(publications[first : first + BATCH]):
            counted.update(match.profile_id for match in matches)
    scale = PUBLICATIONS_A_WEEK / len(publications)
    print(f"{len(publications)} publications; expected alerts a week, of {PUBLICATIONS_A_WEEK}")
    for least, below in pairwise(BANDS):
        here = [profile_id for profile_id, a_week in expected.items() if least <= a_week < below]
        if here:
            total = sum(expected[profile_id] for profile_id in here)
            ratio = scale * sum(counted[profile_id] for profile_id in here) / total
            near = sum(1 / FOLD <= scale * counted[one] / expected[one] <= FOLD for one in here) / len(here)
            print(
                f"  {least:>6g} to {below:<6g} {len(here):>7} profiles  counted/expected {ratio:6.2f}  within ×{FOLD:g} {near:4.0%}"
            )


if __name__ == "__main__":
    main()

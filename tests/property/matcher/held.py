"""How the engine is held to the oracle: matches, evidence, scores, and what is written of them.

A *pair* is one profile and one publication. ``ZHITUI_PROPERTY_CASES`` is how many examples most tests take; at 150, as in CI, the tests of
this folder hold some 30,000 pairs to the oracle, and a third of that where somebody waits for them.
"""

import os
from collections.abc import Iterable, Sequence

import msgspec
from hypothesis import settings
from hypothesis import strategies as st

from services.matcher.engine.found import Found
from services.matcher.engine.oracle import evaluate
from services.matcher.rings import Rings
from shared.wire.match import Match
from shared.wire.profile import Profile
from shared.wire.publication import Publication

CASES = int(os.environ.get("ZHITUI_PROPERTY_CASES") or (150 if os.environ.get("CI") else 50))
PROFILES, BATCH = 8, 6

randoms = st.randoms(use_true_random=True)


def examples(share: float = 1.0) -> settings:
    """Return settings for this share of the examples."""
    return settings(max_examples=max(2, int(CASES * share)), deadline=None)


def specified(profiles: Iterable[Profile], publications: Sequence[Publication], rings: Rings) -> list[list[Match]]:
    """Ask the oracle about every pair."""
    asked = list(profiles)
    found = [[match for profile in asked if (match := evaluate(profile, one, rings))] for one in publications]
    return [sorted(matches, key=lambda match: (-match.score, match.profile_id)) for matches in found]


def hold(found: Iterable[Found], specification: Sequence[Sequence[Match]], profiles: Iterable[Profile]) -> None:
    """Hold all that can be had of what was found to what was to be found."""
    pieces = list(found)
    assert [matches for piece in pieces for matches in piece.matches()] == specification
    lines = [[as_json(match) for match in matches] for matches in specification]
    assert [written for piece in pieces for written in piece.json_lines()] == lines
    assert b"".join(piece.json() for piece in pieces) == b"".join(line + b"\n" for of_one in lines for line in of_one)
    assert sum(map(len, pieces)) == sum(map(len, lines))
    names = {profile.id: as_json(profile.id) + b":" + as_json(profile.name) for profile in profiles}
    told = [[names[match.profile_id] for match in matches] for matches in specification]
    assert [of_one for piece in pieces for of_one in piece.names()] == told


def as_json(value: Match | str) -> bytes:
    """Return the JSON of what may hold lone surrogates, which UTF-8 cannot: they become U+FFFD."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_encodable(msgspec.to_builtins(value)))


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in value)
    if isinstance(value, dict):
        return {key: _encodable(of_key) for key, of_key in value.items()}
    return [_encodable(one) for one in value] if isinstance(value, (list, tuple)) else value

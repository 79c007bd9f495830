"""The judge is judged: stale matches, stale misses and prophecies are found, and nothing else."""

from tests.crash.city.edits import EDITED, Edit, name_of, word_of
from tests.crash.city.history import Judgement, Sighting, judge

ONE = EDITED[0]


def edit(version: int, began: float, acknowledged: float, *, removes: bool = False) -> Edit:
    return Edit(
        profile_id=ONE,
        version=version,
        removes=removes,
        began=began,
        began_at=began,
        acknowledged=acknowledged,
    )


def seen(offered: float, appended_at: float, version: int | None, word: str | None = None) -> Sighting:
    found = version is not None
    return Sighting(
        number="CN1A",
        offered=offered,
        appended_at=appended_at,
        names={ONE: name_of(version)} if version is not None else {},
        words={ONE: frozenset({word or word_of(version or 0)})} if found else {},
    )


def judged(edits: list[Edit], sighting: Sighting) -> Judgement:
    return judge(edits, [sighting])


EDITS = [edit(1, 0, 1), edit(2, 10, 14), edit(3, 20, 21, removes=True)]


def test_what_was_acknowledged_before_must_be_in_force() -> None:
    assert not judged(EDITS, seen(2, 3, 1)).violations
    assert judged(EDITS, seen(2, 3, None)).violations
    assert judged(EDITS, seen(15, 16, 1)).violations
    assert judged(EDITS, seen(22, 23, 2)).violations
    assert not judged(EDITS, seen(22, 23, None)).violations


def test_what_is_under_way_may_be_in_force_or_not() -> None:
    assert not judged(EDITS, seen(11, 12, 1)).violations
    assert not judged(EDITS, seen(11, 12, 2)).violations
    assert judged(EDITS, seen(11, 12, None)).violations


def test_what_was_matched_late_may_have_been_matched_by_later_edits() -> None:
    assert not judged(EDITS, seen(2, 30, None)).violations
    assert judged(EDITS, seen(2, 12, None)).violations


def test_an_edit_that_had_not_begun_explains_nothing() -> None:
    assert judged(EDITS, seen(2, 9, 2)).violations


def test_what_was_found_is_what_that_version_wants() -> None:
    assert judged(EDITS, seen(2, 3, 1, word_of(2))).violations


def test_sharp_is_what_one_version_explains() -> None:
    found = judged(EDITS, seen(15, 16, 2))
    assert (found.judged, found.sharp) == (len(EDITED), len(EDITED))
    assert judged(EDITS, seen(11, 12, 2)).sharp == len(EDITED) - 1

"""Profiles and publications as the peer reads them, and as Zhitui reads them for the comparison of matches."""

from pathlib import Path

import msgspec
import pytest

from benchmarks.compare import explain, words_alone
from benchmarks.offline import records
from benchmarks.peers.lucene import prepare
from benchmarks.semantics import UNEXPLAINED
from shared.wire.profile import Profile, Rule, Term, TermMatch
from shared.wire.publication import Publication

PROFILE = Profile(
    id="p",
    rules=(Rule(groups=(("固态电池", Term(text="ＬＥＤ")), ("隔膜",)), none=("铅酸",), ipc=("H01M*", "H01M10*")),),
    fields=("title", "abstract"),
)
PUBLICATION = Publication(
    publication_number="CN1A", kind="A", title="一种固态电池", abstract="包括\n隔膜", ipc=("H01M10/052", "H01M4/00")
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    profiles, publications = tmp_path / "profiles.jsonl", tmp_path / "publications.jsonl"
    profiles.write_bytes(msgspec.json.encode(PROFILE) + b"\n")
    publications.write_bytes(msgspec.json.encode(PUBLICATION) + b"\n")
    return profiles, publications


def test_a_profile_is_one_line_of_groups_exclusions_and_labels(files: tuple[Path, Path], tmp_path: Path) -> None:
    prepare.profiles(files[0], tmp_path / "out")
    assert (tmp_path / "out").read_text("utf-8") == "p\t固态 电池\x1eled\x1d隔膜\t铅酸\tH01M H01M10\n"


def test_a_publication_is_one_line_of_title_abstract_and_labels(files: tuple[Path, Path], tmp_path: Path) -> None:
    prepare.publications(files[1], tmp_path / "out")
    assert (tmp_path / "out").read_text("utf-8") == "一种 固态 电池\t包括 隔膜\tH01M H01M10 H01M4\n"


def test_a_profile_with_conditions_that_the_peer_lacks_is_refused(tmp_path: Path) -> None:
    profile = msgspec.structs.replace(PROFILE, rules=(Rule(groups=(("电池",),), regions=("4401",)),))
    (tmp_path / "profiles.jsonl").write_bytes(msgspec.json.encode(profile))
    with pytest.raises(ValueError, match="does not know"):
        prepare.profiles(tmp_path / "profiles.jsonl", tmp_path / "out")


def test_for_the_comparison_every_term_is_a_word_and_rings_are_off(files: tuple[Path, Path], tmp_path: Path) -> None:
    words_alone(files[0], tmp_path / "words.jsonl")
    (profile,) = records(tmp_path / "words.jsonl", Profile)
    assert not profile.rings
    (rule,) = profile.rules
    terms = [term for group in (*rule.groups, rule.none) for term in group]
    assert [term.text for term in terms if isinstance(term, Term)] == ["固态电池", "ＬＥＤ", "隔膜", "铅酸"]
    assert {term.match for term in terms if isinstance(term, Term)} == {TermMatch.WORD}
    assert rule.ipc == PROFILE.rules[0].ipc


def test_pairs_that_one_side_alone_found_are_counted_by_reason(files: tuple[Path, Path]) -> None:
    counted = explain({(0, "p")}, set(), files[0], [PUBLICATION])
    assert counted == {f"Zhitui alone: {UNEXPLAINED}": 1}
    assert explain({(0, "p")}, {(0, "p")}, files[0], [PUBLICATION]) == {}

"""Why one program finds a match and the other does not."""

import pytest

from benchmarks import semantics
from benchmarks.semantics import OURS_ALONE, PEERS_ALONE, UNEXPLAINED, CutPublication
from shared.wire.profile import Profile, Rule
from shared.wire.publication import Publication


def cut(title: str, *ipc: str) -> CutPublication:
    return CutPublication(Publication(publication_number="CN1A", kind="A", title=title, ipc=ipc))


def profile(*groups: tuple[str, ...], none: tuple[str, ...] = (), ipc: tuple[str, ...] = ()) -> Profile:
    return Profile(id="p", rules=(Rule(groups=groups, none=none, ipc=ipc),))


@pytest.mark.parametrize(
    ("term", "title", "found"),
    [
        ("固态电池", "一种固态电池的隔膜", {"phrase", "word"}),
        ("机床", "一种手机床头支架", set()),
        ("锂 电池", "一种锂  电池", {"phrase"}),
        ("ＬＥＤ", "一种led灯", {"phrase", "word"}),
    ],
)
def test_a_phrase_leaves_blanks_out_and_a_word_wants_boundaries_at_both_ends(
    term: str, title: str, found: set[str]
) -> None:
    text = cut(title)
    assert {name for name, has in (("phrase", text.has_phrase), ("word", text.has_aligned)) if has(term)} == found


def test_a_term_cut_otherwise_alone_than_in_the_text_is_no_phrase_but_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = {"智能网": [(0, 3)], "一种智能网": [(0, 2), (2, 4), (4, 5)]}
    monkeypatch.setattr(semantics, "tokens", lambda text: spans.get(text, []))
    text = cut("一种智能网")
    assert not text.has_phrase("智能网")
    assert text.has_aligned("智能网")
    assert semantics.why_ours_alone(profile(("智能网",)), text) == OURS_ALONE[0]
    assert semantics.why_the_peers_alone(profile(("一种智能网",), none=("智能网",)), text) == PEERS_ALONE[1]


def test_what_only_we_find_is_on_another_path_or_under_another_editions_symbol() -> None:
    assert semantics.why_ours_alone(profile(("机床",)), cut("一种手机床头支架")) == OURS_ALONE[1]
    assert semantics.why_ours_alone(profile(("电池",), ipc=("H01L*",)), cut("一种电池", "H10F10/00")) == OURS_ALONE[2]


def test_what_only_the_peer_finds_is_a_phrase_across_blanks_or_was_excluded_by_us() -> None:
    assert semantics.why_the_peers_alone(profile(("锂 电池",)), cut("一种锂  电池")) == PEERS_ALONE[0]
    assert semantics.why_the_peers_alone(profile(("电池",), none=("铅酸",)), cut("一种电池")) == PEERS_ALONE[2]


def test_what_neither_explains_is_said_so() -> None:
    assert semantics.why_ours_alone(profile(("电池",)), cut("一种电池")) == UNEXPLAINED
    assert semantics.why_the_peers_alone(profile(("电池",)), cut("一种电池")) == UNEXPLAINED
    assert semantics.why_the_peers_alone(profile(("水管",)), cut("一种电池")) == UNEXPLAINED

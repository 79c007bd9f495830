"""What values became is kept, within limits."""

from shared.kept import Kept


def test_a_value_is_made_once() -> None:
    made: list[str] = []

    def make(text: str) -> int:
        made.append(text)
        return len(text)

    kept = Kept(make, 10)
    assert [kept[text] for text in ("a", "bb", "a", "bb")] == [1, 2, 1, 2]
    assert made == ["a", "bb"]


def test_no_more_are_kept_than_there_is_room_for() -> None:
    kept: Kept[str, str] = Kept(str.upper, 3)
    assert [kept[text] for text in ("a", "b", "c", "d", "a")] == ["A", "B", "C", "D", "A"]
    assert dict(kept) == {"d": "D", "a": "A"}


def test_what_is_kept_is_bounded() -> None:
    kept = Kept[int, int](abs, 100)
    for number in range(101):
        assert kept[-number] == number
    assert len(kept) == 1

"""What was worked out before is remembered, and not without end."""

from services.notifier.templates import memory
from services.notifier.templates.memory import Known
from shared.wire.publication import Publication
from tests.unit.notifier.making import publication


def test_a_publication_is_known_by_who_it_is_and_by_whoever_asks() -> None:
    asked: list[str] = []

    def title(of: Publication) -> str:
        asked.append(of.title)
        return of.title

    titles, lengths = Known(title), Known[int](lambda of: len(of.title))
    old, new = publication(title="旧名称"), publication(title="名")
    for one in (old, new, old):
        assert titles.of(one) == one.title
        assert lengths.of(one) == len(one.title)
    assert asked == ["旧名称", "名"]


def test_a_publication_that_was_forgotten_is_not_taken_for_another() -> None:
    titles = Known[str](lambda of: of.title)
    for number in range(
        2 * memory.PUBLICATIONS + 1
    ):  # each is freed as soon as nobody remembers it, and its place used again
        assert titles.of(publication(title=str(number))) == str(number)

"""How long what an alert says is, whatever form says it: so that what it takes is known without writing it out, or reading it.

A text takes what its pieces take, so of what is said only how much there is counts, and how many signs of which sort a form may write
as something longer. What is met again is remembered: publications, and what reasons say, which name few terms and few profiles.
"""

import zlib
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from services.notifier.templates.extent_specimens import SPECIMENS
from services.notifier.templates.item_shape import (
    FACT,
    HAPPENED,
    MARK,
    NAMES,
    SENTENCE,
    UNCOUNTABLE,
    WORD,
    Piece,
    piece,
)
from services.notifier.templates.memory import Known
from services.notifier.templates.webhook_told import alone_bytes, full_bytes
from shared.divisions import named
from shared.kept import Kept
from shared.store.extents import Extent
from shared.wire.identity import DOCUMENTS
from shared.wording.items import (
    KIND_NAMES,
    MAX_NAME,
    MAX_TITLE,
    MAX_WHYS,
    MOST_FACTS,
    Find,
    finds_in_words,
    further_whys,
    highlight,
    view_publication,
    why_begins,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.store.records import Why
    from shared.wire.publication import Publication

_DAY_BYTES = len("2026-01-02")


class Extents:
    """Of alerts that tell one publication.

    Args:
        publication: what they tell.
    """

    __slots__ = ("_alone_bytes", "_publication", "_said")

    def __init__(self, publication: "Publication") -> None:
        self._publication = publication
        self._said: tuple[Piece, int] | None = None
        self._alone_bytes: int | None = None

    def of(self, whys: "Sequence[Why]", score: float) -> Extent | msgspec.UnsetType:
        """Return the extent of an alert; ``UNSET``: what it says cannot be counted like this and must be written out."""
        said = self.count(whys)
        if said is None:
            return msgspec.UNSET
        size, characters, shape = said
        return Extent(
            wording=wording(), bytes=size, characters=characters, shape=shape, body=self.body_bytes(whys, score)
        )

    def body_bytes(self, whys: "Sequence[Why]", score: float) -> int:
        """Return what a webhook's body says of an alert, as in `Extent`."""
        if self._alone_bytes is None:
            self._alone_bytes = alone_bytes(self._publication)
        return self._alone_bytes and full_bytes(self._alone_bytes, whys, score)

    def count(self, whys: "Sequence[Why]") -> Piece | None:
        """Return bytes, characters and shape, as in `Extent`; ``None``: they are beyond counting."""
        if self._said is None:
            self._said = _plain(self._publication) or _without_hits(self._publication)
        (size, characters, shape), as_it_is = self._said
        hits: list[tuple[int, int]] = []
        for why in whys[:MAX_WHYS]:
            evidence = why.evidence
            more, longer, part = _BEGINS[why.profile_name or why.profile_id, why.rule]
            (finds, letters, also), in_title = _FOUND[tuple([(hit.term, hit.field, hit.kind) for hit in evidence])]
            size += more + finds
            characters += longer + letters
            shape += part + also + SENTENCE
            for place in in_title:
                hit = evidence[place]
                hits.append((hit.start, hit.end))
        if len(whys) > MAX_WHYS:
            more, longer, part = _MORE[len(whys) - MAX_WHYS]
            size, characters, shape = size + more, characters + longer, shape + part + SENTENCE
            hits += [(hit.start, hit.end) for why in whys[MAX_WHYS:] for hit in why.evidence if hit.field == "title"]
        if hits:
            title, (start, end) = self._publication.title, hits[0]
            if len(hits) == 1 and 0 <= start < end <= as_it_is:
                shape += _marked(title[start:end])
            else:
                shape += sum([_marked(part.text) for part in highlight(title, hits) if part.hit])
        return (size, characters, shape) if shape < UNCOUNTABLE else None


@cache
def wording() -> int:
    """Return the fingerprint of the wording: the same as long as every specimen takes what it takes, and places have their names."""
    taken = []
    for publication, whys in SPECIMENS:
        extents = Extents(publication)
        taken.append((extents.count(whys), extents.body_bytes(whys, 0.5)))
    return zlib.crc32(repr((taken, named())).encode())


def _marked(text: str) -> int:
    return WORD if text[0].isalnum() and text[-1].isalnum() else MARK


def _plain(publication: "Publication") -> tuple[Piece, int] | None:
    """Return the same as `_without_hits` of a usual publication, each text of which is shown as it is; ``None``: it is none."""
    number, title, applicants = publication.publication_number, publication.title, publication.applicants
    kind, classes, day = KIND_NAMES.get(publication.kind[:1]), publication.ipc, publication.published_on
    if not (kind and title and classes and day and len(applicants) == 1 and publication.event in DOCUMENTS):
        return None
    main, name = classes[0], applicants[0].name
    said = f"{number}{kind}{main}{title}{name}"
    if (
        not name
        or len(title) > MAX_TITLE
        or len(main) > MAX_NAME
        or len(name) > MAX_NAME
        or (" " in said and (" " in number or " " in main or " " in name))
        or not said.isprintable()
    ):
        return None
    size, _, shape = piece(said)
    return (size + _DAY_BYTES, len(title) + len(name), shape + MOST_FACTS * FACT + NAMES), len(title)


def _without_hits(publication: "Publication") -> tuple[Piece, int]:
    """Return what is said of a publication but its hits, and how many characters of its title are shown as they are."""
    item = view_publication(publication, ())
    brief, _, part = piece("".join((item.number, *item.facts)))
    size, characters, also = piece(f"{item.plain_title}{item.applicants}{item.happened}")
    shape = part + also + len(item.facts) * FACT + bool(item.applicants) * NAMES + bool(item.happened) * HAPPENED
    if not item.facts:  # what follows facts is joined to them
        shape += UNCOUNTABLE
    title = publication.title
    as_it_is = len(title) if len(title) <= MAX_TITLE and title.isprintable() else 0
    return (brief + size, characters, shape), as_it_is


MOST_TEXTS = 16_384
"""As many of one kind are kept, a few hundred bytes each."""

_BEGINS = Kept[tuple[str, int], Piece](lambda key: piece(why_begins(key[0], "", key[1])), MOST_TEXTS)
_FOUND = Kept[tuple[Find, ...], tuple[Piece, list[int]]](
    lambda finds: (piece(finds_in_words(finds)), [n for n, find in enumerate(finds) if find[1] == "title"]), MOST_TEXTS
)
_MORE = Kept[int, Piece](lambda further: piece(further_whys(further)), MOST_TEXTS)
extents_of = Known(Extents).of
"""Returns the extents of what tells a publication; those of publications that are told to many are known again."""

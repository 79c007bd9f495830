"""What items take in a form, without writing them out.

An item takes what its texts take and what a form writes around them, which is learned by writing out one of each shape. Both follow
from the alert's extent; of an alert that was recorded without one, or under another wording, it is worked out now.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from services.notifier.templates.extents import MOST_TEXTS, extents_of, wording
from services.notifier.templates.item_shape import Shape
from shared.kept import Kept
from shared.wording.items import Item, Segment, view

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shared.store.records import Alert

_SILENT = Item(number="", title=(), happened="", facts=(), applicants="", whys=())
_DATED = replace(_SILENT, facts=("2026-01-02",))


class ItemSizes:
    """Sizes in one form.

    Args:
        item: what an item takes, written out.
        text: what a text of it takes; of texts one after another the sum.
        character: what each character of its texts takes, where number and facts take nothing; 0: each byte of all texts takes 1, and
            some signs more.
    """

    def __init__(self, item: "Callable[[Item], int]", text: "Callable[[str], int]", *, character: int = 0) -> None:
        self._item, self._text, self._character = item, text, character
        dated = item(_DATED)
        self._told_for = Kept[str, int](lambda names: item(replace(_DATED, told_for=names)) - dated, MOST_TEXTS)
        self._around = Kept[int, int](self._of_shape, MOST_TEXTS)

    def of(self, alerts: "Sequence[Alert]", told_for: "Sequence[str]" = ()) -> list[int]:
        """Return what the items of these alerts take, as if they were written out; ``told_for`` of each, as in `Item`, or of none."""
        if told_for:
            return [self._of_one(alert, names) for alert, names in zip(alerts, told_for, strict=True)]
        around, character, now, unset = self._around, self._character, wording(), msgspec.UNSET
        return [
            (character * extent.characters if character else extent.bytes) + around[extent.shape]
            if (extent := alert.extent) is not unset and extent.wording == now
            else self._of_one(alert)
            for alert in alerts
        ]

    def _of_one(self, alert: "Alert", told_for: str = "") -> int:
        extent = alert.extent
        if extent is not msgspec.UNSET and extent.wording == wording():
            size, characters, shape = extent.bytes, extent.characters, extent.shape
        elif (counted := extents_of(alert.publication).count(alert.whys)) is not None:
            size, characters, shape = counted
        else:
            return self._item(view(alert, told_for))
        more = self._told_for[told_for] if told_for else 0
        return (self._character * characters if self._character else size) + self._around[shape] + more

    def _of_shape(self, number: int) -> int:
        """Return what an item of this shape takes beside the bytes or characters of its texts."""
        shape, x = Shape.of(number), self._text("x")
        item = Item(
            number="",
            title=(Segment("x", hit=True),) * shape.words + (Segment("-", hit=True),) * shape.marks,
            happened="x" * shape.happened,
            facts=("x",) * shape.facts,
            applicants="x" * shape.names,
            whys=("",) * shape.sentences,
        )
        said = shape.words + shape.marks + shape.happened + shape.names + (0 if self._character else shape.facts)
        signs = ((shape.signs, "*"), (shape.tags, "<"), (shape.quotes, '"'))
        return self._item(item) - x * said + sum(times * (self._text(sign) - x) for times, sign in signs)

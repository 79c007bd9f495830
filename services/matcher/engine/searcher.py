"""A searcher: an index, what it needs to be searched quickly, and which of its profiles still count."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.engine import scan, strings, variant_scan
from services.matcher.engine.hold import Held, hold, scratch
from services.matcher.engine.lexicon import Lexicon
from services.matcher.engine.needs import LOOSE_VARIANT, VARIANT
from services.matcher.engine.scoring import UNITS
from services.matcher.engine.values import ValueReader, Values
from services.matcher.engine.variant_lexicon import VariantLexicon
from services.matcher.engine.variants import similarity as similarity_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from services.matcher.engine.batch import Batch
    from services.matcher.engine.index import Index, Ints, Strings
    from shared.wire.publication import Publication

_CODE_OF_LEVEL = np.array([0, VARIANT, LOOSE_VARIANT], np.uint8)
_ENDLESS = np.iinfo(np.int64).max


class Looked(NamedTuple):
    """What a searcher found in a batch before any rule is asked."""

    hits: "Ints"
    values: Values


class Searcher:
    """One thread at a time may use it.

    Attributes:
        index: immutable.
        alive: profile → whether it still counts, 1 or 0.
    """

    def __init__(self, index: "Index") -> None:
        self.index = index
        self.alive: NDArray[np.uint8] = np.ones(len(index.profiles.ids.starts) - 1, np.uint8)
        self._values = ValueReader(index.keys)
        self._work = scratch(index)
        varied = np.flatnonzero(index.words.accepts >> VARIANT)
        words = index.words
        self._texts = Lexicon(words.points, words.starts, words.slots, words.terminal)
        self._varied = varied.astype(np.int32)
        self._variants = VariantLexicon.of(list(map(self._texts.text, varied.tolist()))) if len(varied) else None

    def __len__(self) -> int:
        return len(self.alive)

    def retire(self, profile_ids: "Strings") -> None:
        """Let these profiles count no longer, as far as they are here."""
        ids = self.index.profiles.ids
        places = strings.places_of(profile_ids.data, profile_ids.starts, ids.data, ids.starts)
        self.alive[places[places >= 0]] = 0

    def look(self, batch: "Batch", publications: "Sequence[Publication]") -> Looked:
        """Find texts and values in a batch."""
        hits = scan.scan(batch, self.index.words)
        if self._variants is not None:
            hits = scan.together(hits, self._variants_in(batch, self._variants))
        return Looked(hits, self._values.read(publications))

    def hold(self, looked: Looked, first: int, end: int, *, evidence: bool, room: int = _ENDLESS) -> Held:
        """Match some documents of the batch that was looked at; see `hold.hold`."""
        return hold(
            self.index, looked.hits, looked.values, self.alive, self._work, first, end, evidence=evidence, room=room
        )

    def _variants_in(self, batch: "Batch", variants: VariantLexicon) -> "Ints":
        """Find close variants; how close, rapidfuzz says."""
        start, end, number, level = variant_scan.scan(batch.points, batch.boundary, batch.classes, variants)
        text = self._varied[number]
        code = _CODE_OF_LEVEL[level]
        keep = np.flatnonzero((self.index.words.accepts[text] >> code) & 1)
        start, end, text, code = start[keep], end[keep], text[keep], code[keep]
        similarity = np.empty(len(keep), np.int32)
        for at, (one, begin, stop) in enumerate(zip(text.tolist(), start.tolist(), end.tolist(), strict=True)):
            similarity[at] = round(similarity_of(self._texts.text(one), batch.text[begin:stop]) * UNITS)
        return scan.placed(batch, start, end, text, code, similarity)

"""Rules worth a look: which are posted under what a publication satisfies, and whether one of them holds."""

from typing import TYPE_CHECKING

from services.matcher.engine.index import EXCLUDING, FACTS, LITERAL
from services.matcher.engine.kernel import kernel
from services.matcher.engine.marks import is_marked, longer
from services.matcher.engine.memory import AHEAD, NEXT, fetch
from services.matcher.engine.records import FIRST_GROUP, GROUPS, KIND_BITS, KIND_MASK, PROFILE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from services.matcher.engine.index import Bytes, Ints
    from services.matcher.engine.marks import Bits

_LINE = 16
"""Numbers that lie in one line of a cache; few records need more than two."""


@kernel
def list_candidates(
    posting_starts: "NDArray[np.int64]",
    postings: "Ints",
    marked: "Ints",
    literals: int,
    satisfied: "Bits",
    candidates: "Ints",
) -> "tuple[Ints, int]":
    """List the records that are posted under a satisfied literal, and whose next rarest group is satisfied, too."""
    count = 0
    for number in range(literals):
        if number + AHEAD < literals:
            fetch(posting_starts, marked[number + AHEAD])
        if number + NEXT < literals:
            fetch(postings, posting_starts[marked[number + NEXT]])
        at = posting_starts[marked[number]]
        end = posting_starts[marked[number] + 1]
        while at < end:
            record = postings[at]
            passes = False
            wanted = 0
            while wanted >= 0:
                at += 1
                wanted = postings[at]
                passes |= is_marked(satisfied, wanted if wanted >= 0 else ~wanted)
            at += 1
            if passes:
                if count == len(candidates):
                    candidates = longer(candidates)
                candidates[count] = record
                count += 1
    return candidates, count


@kernel
def fetch_coming(facts: "Ints", records: "Ints", alive: "Bytes", candidates: "Ints", at: int, count: int) -> None:
    """Ask for what candidates after the one at hand will need: the record of one, what the record of a nearer one names."""
    if at + AHEAD < count:
        coming = candidates[at + AHEAD]
        fetch(records, coming)
        fetch(records, coming + _LINE)
    if at + NEXT < count:
        record = candidates[at + NEXT]
        fetch(alive, records[record + PROFILE])
        place = record + FIRST_GROUP
        for _ in range(records[record + GROUPS]):
            end = place + 1 + (records[place] >> KIND_BITS)
            for alternative in range(place + 1, end):
                wording = records[alternative]
                fetch(facts, (wording if wording >= 0 else ~wording) * FACTS)
            place = end


@kernel
def rule_holds(facts: "Ints", records: "Ints", record: int, satisfied: "Bits") -> bool:
    """Whether every group of a rule has a literal that is satisfied, and its excluding group none."""
    at = record + FIRST_GROUP
    for _ in range(records[record + GROUPS]):
        end = at + 1 + (records[at] >> KIND_BITS)
        found = False
        for place in range(at + 1, end):
            wording = records[place]
            if is_marked(satisfied, facts[wording if wording >= 0 else ~wording, LITERAL]):
                found = True
                break
        if found == (records[at] & KIND_MASK == EXCLUDING):
            return False
        at = end
    return True

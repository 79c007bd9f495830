"""Which rules hold for which publications: the one loop over the candidates of each publication of a batch.

The literals that a publication satisfies are marked; their postings name the candidates; of a candidate every group is
looked at; for what holds, score and evidence are made.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from services.matcher.engine import evidence as rows_of
from services.matcher.engine.candidates import fetch_coming, list_candidates, rule_holds
from services.matcher.engine.evidence import FEW, add_values, evaluate, one_for_each_span
from services.matcher.engine.kernel import kernel
from services.matcher.engine.marks import bits, chain, clear, is_marked, longer, mark, mark_hits, mark_literals
from services.matcher.engine.needs import CODES
from services.matcher.engine.records import LEAST, NUMBER, SERIAL
from services.matcher.engine.records import PROFILE as PROFILE_OF
from services.matcher.engine.scan import DOCUMENT as HIT_DOCUMENT
from services.matcher.engine.scan import TEXT
from shared.wire.profile import TEXT_FIELDS

if TYPE_CHECKING:
    from services.matcher.engine.index import Bytes, Index, Ints
    from services.matcher.engine.marks import Bits
    from services.matcher.engine.values import Values

DOCUMENT, PROFILE, RULE, SCORED, FIRST_ROW, END_ROW = range(6)
"""The columns of a match: `RULE` is the rule's position in its profile, `SCORED` in units, the rows those of its evidence."""
COLUMNS = 6

_FIRST_ROOM = 1024
_TEXT_FIELDS = len(TEXT_FIELDS)


class Work(NamedTuple):
    """Scratch, kept from batch to batch so that nothing as large as the profiles is cleared for a publication.

    Attributes:
        satisfied: literal → whether the publication at hand satisfies it; clear in between.
        seen: rule → whether it was looked at for the publication at hand; clear in between.
        taken: text and code → how many hits were taken in the field at hand; 0 in between.
        head: text → its first hit in the publication at hand; -1 in between.
        match_of: profile with several rules → the row of its last match, which may be another publication's.
    """

    satisfied: "Bits"
    seen: "Bits"
    taken: "Bytes"
    head: "Ints"
    match_of: "Ints"


def scratch(index: "Index") -> Work:
    """Return scratch for an index; one thread at a time may use it."""
    return Work(
        satisfied=bits(len(index.words.text_of) + len(index.keys.starts)),
        seen=bits(int(index.rules.total[0])),
        taken=np.zeros(CODES * (len(index.words.starts) - 1), np.uint8),
        head=np.full(len(index.words.starts) - 1, -1, np.int32),
        match_of=np.full(len(index.profiles.ids.starts) - 1, -1, np.int32),
    )


class Held(NamedTuple):
    """Matches and evidence, a row each.

    Attributes:
        matches: columns `DOCUMENT` … `END_ROW`; in no order, some of them replaced by a better rule of the same profile.
        evidence: see `evidence`.
        order: the rows of `matches` that count, document by document, best first, then by profile.
        starts: document, counted from the first → its first place in `order`, and one past the last.
        tried: how many rules were looked at closely.
        done: how many documents; fewer than asked for when there was too much to say about them.
    """

    matches: "Ints"
    evidence: "Ints"
    order: "Ints"
    starts: "Ints"
    tried: int
    done: int


def hold(
    index: "Index",
    hits: "Ints",
    values: "Values",
    alive: "Bytes",
    work: Work,
    first: int,
    end: int,
    *,
    evidence: bool,
    room: int,
) -> Held:
    """Match documents ``first`` to ``end`` of a batch.

    Args:
        index: the profiles.
        hits: everything found in the texts of the batch.
        values: the bibliographic values of the batch.
        alive: profile → whether it still counts.
        work: see `scratch`.
        first: the first document.
        end: one past the last.
        evidence: whether to make evidence; scores do not depend on it.
        room: stop behind the document with which there are more rows of matches and evidence than this.
    """
    hit_starts = np.searchsorted(hits[:, HIT_DOCUMENT], np.arange(end + 1)).astype(np.int32)
    return Held(*_hold(index, hits, hit_starts, values, alive, work, first, end, evidence, room))


@kernel
def _hold(  # noqa: C901, PLR0915 - one loop, written out: calls that pass this much are what would be hard to read
    index: "Index",
    hits: "Ints",
    hit_starts: "Ints",
    values: "Values",
    alive: "Bytes",
    work: Work,
    first: int,
    end: int,
    with_rows: bool,  # noqa: FBT001 - kernels take no keywords
    room: int,
) -> "tuple[Ints, Ints, Ints, Ints, int, int]":
    literal_starts, accepted, fields = index.words.literal_starts, index.words.accepted, index.words.fields
    facts, weights, records = index.wordings.facts, index.wordings.weight, index.rules.records
    posting_starts, postings = index.rules.posting_starts, index.rules.postings
    value_starts, value_field, value_position = values.starts, values.field, values.position
    value_length, value_literal_starts, value_literals = values.length, values.literal_starts, values.literals
    satisfied, seen, taken, head, match_of = work.satisfied, work.seen, work.taken, work.head, work.match_of
    matches = np.empty((_FIRST_ROOM, COLUMNS), np.int32)
    rows = np.empty((_FIRST_ROOM, rows_of.COLUMNS), np.int32)
    order = np.empty(_FIRST_ROOM, np.int32)
    starts = np.zeros(end - first + 1, np.int32)
    next_hit = np.empty(len(hits), np.int32)
    marked = np.empty(_FIRST_ROOM, np.int32)
    candidates = np.empty(_FIRST_ROOM, np.int32)
    worth = np.zeros(_TEXT_FIELDS, np.int64)
    mentions = np.zeros(_TEXT_FIELDS, np.int64)
    keys = np.empty(FEW, np.int64)
    count, told, tried, done = 0, 0, 0, 0
    for document in range(first, end):
        first_hit, end_hit = hit_starts[document], hit_starts[document + 1]
        first_value, end_value = value_starts[document], value_starts[document + 1]
        chain(hits, first_hit, end_hit, taken, head, next_hit)
        marked, literals = mark_hits(
            hits, first_hit, end_hit, next_hit, literal_starts, accepted, fields, satisfied, marked
        )
        marked, literals = mark_literals(
            value_literals,
            value_literal_starts[first_value],
            value_literal_starts[end_value],
            satisfied,
            marked,
            literals,
        )
        candidates, found = list_candidates(posting_starts, postings, marked, literals, satisfied, candidates)
        first_match = count
        looked_at = 0
        for at in range(found):
            fetch_coming(facts, records, alive, candidates, at, found)
            record = candidates[at]
            serial = records[record + SERIAL]
            if is_marked(seen, serial):
                continue
            mark(seen, serial)
            candidates[looked_at] = serial
            looked_at += 1
            profile = records[record + PROFILE_OF]
            if not alive[profile] or not rule_holds(facts, records, record, satisfied):
                continue
            rows, end_row, units = evaluate(
                facts,
                weights,
                records,
                record,
                hits,
                head,
                next_hit,
                satisfied,
                worth,
                mentions,
                rows,
                told,
                with_rows,
            )
            if units < records[record + LEAST] >> 1:
                continue
            row = count
            if records[record + LEAST] & 1:  # another rule of the profile may have held before
                row = _row_for(matches, match_of[profile], first_match, count, profile, units, records[record + NUMBER])
                if row < 0:
                    continue
                match_of[profile] = row
            if with_rows:
                end_row = one_for_each_span(facts, rows, told, end_row, keys)
                rows, end_row = add_values(
                    facts,
                    records,
                    record,
                    first_value,
                    end_value,
                    value_field,
                    value_position,
                    value_length,
                    value_literal_starts,
                    value_literals,
                    rows,
                    end_row,
                )
            if row == len(matches):
                matches = longer(matches)
            count += row == count
            matches[row, DOCUMENT] = document
            matches[row, PROFILE] = profile
            matches[row, RULE] = records[record + NUMBER]
            matches[row, SCORED] = units
            matches[row, FIRST_ROW] = told
            matches[row, END_ROW] = end_row
            told = end_row
        for hit in range(first_hit, end_hit):
            head[hits[hit, TEXT]] = -1
        clear(satisfied, marked, literals)
        clear(seen, candidates, looked_at)
        tried += looked_at
        while count > len(order):
            order = longer(order)
        _put_in_order(matches, first_match, count, order)
        done += 1
        starts[done] = count
        if count + told > room:
            break
    return matches[:count].copy(), rows[:told].copy(), order[:count].copy(), starts[: done + 1].copy(), tried, done


@kernel
def _row_for(matches: "Ints", known: int, first_match: int, count: int, profile: int, units: int, number: int) -> int:
    """Return the row for a match of a profile with several rules: a new one, that of a worse rule, or -1 for none."""
    if not first_match <= known < count or matches[known, PROFILE] != profile:
        return count
    if matches[known, SCORED] > units or (matches[known, SCORED] == units and matches[known, RULE] < number):
        return -1
    return known


@kernel
def _put_in_order(matches: "Ints", first: int, end: int, order: "Ints") -> None:
    """Order the rows of one document, best first, then by profile."""
    keys = np.empty(end - first, np.int64)
    for at in range(end - first):
        keys[at] = matches[first + at, PROFILE] - (np.int64(matches[first + at, SCORED]) << 32)
    by = np.argsort(keys)
    for at in range(end - first):
        order[first + at] = first + by[at]

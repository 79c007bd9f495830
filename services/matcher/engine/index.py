"""The compiled form of many profiles: arrays only, so that it can be kept in a file, mapped, merged and walked by kernels.

From a hit to a match::

    text ──► literals ──► postings ──► rules ──► groups ──► alternatives ──► wordings ──► literals
             (text × need × fields)    (by their rarest group)                (what to show, how much it counts)

A *literal* is one yes or no about a publication: this text stands in one of these fields in a way that meets this need; or:
this bibliographic key is there. A *group* holds when one of its alternatives' literals does. A *rule* holds when all its groups
do and its excluding group does not. It is *posted* under the literals of its rarest group alone, together with the
literals of its next rarest, so that most rules are refused without being looked at.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Points = NDArray[np.uint32]

ALWAYS = 0
"""The literal that every publication satisfies."""

KEYWORDS, BIBLIOGRAPHY, EXCLUDING = 0, 1, 2
"""Kinds of groups."""


class Strings(NamedTuple):
    """Many short strings in UTF-8, one after the other.

    Attributes:
        data: their bytes.
        starts: where each begins, and one past the last.
    """

    data: "Bytes"
    starts: "Ints"


class Words(NamedTuple):
    """What is looked for in texts, and what finding it satisfies.

    Attributes:
        points, starts, slots, terminal: the `Lexicon` of normalised texts.
        cost: text → what its first and its last run of ideographs cost alone, see `lattice`; shape (texts, 2).
        share: text → the share of publications that it is expected in, see `rarity.shares`.
        rarity: text → see `rarity.rarities`.
        accepts: text → the codes of hits that satisfy any literal, a bit each.
        literal_starts: text → its first literal, and one past the last.
        text_of: literal → text, -1 for others.
        need: literal → its `Need`.
        accepted: literal → the codes that meet its need, a bit each.
        fields: literal → the text fields it accepts, a bit each.
    """

    points: "Points"
    starts: "Ints"
    slots: "NDArray[np.uint64]"
    terminal: "Ints"
    cost: "Ints"
    share: "Floats"
    rarity: "Ints"
    accepts: "Bytes"
    literal_starts: "Ints"
    text_of: "Ints"
    need: "Bytes"
    accepted: "Bytes"
    fields: "Bytes"


class Keys(NamedTuple):
    """Bibliographic keys: a `Lexicon`; the key number ``n`` is the literal ``first + n``.

    Attributes:
        share: the share of publications that it is expected in.
        first: one number, the first literal that is a key.
    """

    points: "Points"
    starts: "Ints"
    slots: "NDArray[np.uint64]"
    terminal: "Ints"
    share: "Floats"
    first: "Ints"


LITERAL, TEXT, ACCEPTED, FIELDS, SHOWN, SYNONYM, RARITY = range(7)
"""The columns of `Wordings.facts`."""
FACTS = 8
"""A row fills half a line of cache."""


class Wordings(NamedTuple):
    """The alternatives of groups, each distinct one once.

    Attributes:
        facts: what is asked of an alternative, side by side; shape (wordings, `FACTS`). `LITERAL`: what satisfies it; `TEXT`,
            `ACCEPTED`, `FIELDS`: as in `Words`, of the literal; `SHOWN`: the author's own term or pattern, a number of
            `shown_points`, in the order of code points; `SYNONYM`: whether the literal's text stands in for the term; `RARITY`:
            of the literal's text, 0 for keys.
        weight: the author's weight of the term.
        shown_points, shown_starts: what is shown.
        shown_json: the same as JSON strings.
    """

    facts: "Ints"
    weight: "Floats"
    shown_points: "Points"
    shown_starts: "Ints"
    shown_json: Strings


class Rules(NamedTuple):
    """The rules.

    Attributes:
        total: one number, how many there are.
        records: see `records`.
        posting_starts: literal → where its postings begin, and one past the last.
        postings: where a record begins, then literals of which it needs one, the last of them as ``~literal``; and so on.
    """

    total: "Ints"
    records: "Ints"
    posting_starts: "NDArray[np.int64]"
    postings: "Ints"


class Profiles(NamedTuple):
    """The profiles, in the order of their ids' bytes, which is the order of their ids.

    Attributes:
        ids, names: as their author wrote them.
    """

    ids: Strings
    names: Strings


class Index(NamedTuple):
    """All of it. `Draft` makes one from profiles, `merge` one from others."""

    words: Words
    keys: Keys
    wordings: Wordings
    rules: Rules
    profiles: Profiles

"""A term written otherwise: mostly as a variant may be, now and then as none may be."""

from random import Random

from services.matcher.engine.confusion import pairs
from services.matcher.engine.variants import PARTICLES, swapped

_INSERTED = ("动力", "的", "式", "新型", "用", "三相", "非", "和", "5")
_LETTERS = "abehotxyz"

_ALIKE: dict[str, list[str]] = {}
for _one, _other in zip(*(map(chr, points.tolist()) for points in pairs()[:2]), strict=True):
    _ALIKE.setdefault(_one, []).append(_other)


def deviating(random: Random, term: str) -> str:
    """Return a term with one thing done to it."""
    if len(term) < 2:
        return term
    at = random.randrange(1, len(term))
    head, here, tail = term[:at], term[at], term[at + 1 :]
    ways = (
        lambda: head + random.choice(_INSERTED) + here + tail,
        lambda: "".join(c for c in term if c not in PARTICLES) or term,
        lambda: "".join(swapped(term) or (here, tail, head)),
        lambda: head + random.choice(_ALIKE.get(here, [here])) + tail,
        lambda: head + random.choice(_LETTERS) + random.choice((here, "")) + tail,
        lambda: head + tail[:1] + here + tail[1:],
    )
    return random.choice(ways)()

"""What the checks know about words: how common each is, which rings it is in, which other words hold it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.matcher.engine.rarity import shares
from services.matcher.health.asked import asked_rules
from services.matcher.health.holders import words_with
from services.matcher.rings import Rings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from services.matcher.health.asked import AskedRule
    from services.matcher.health.measured import Measured
    from shared.wire.profile import Profile

ISSUE, ISSUES_A_WEEK = 33_751, 2
"""Publications of the gazette issue of 9 July 2019 (36,956 rows, each publication once); an issue appears on Tuesday and on Friday."""
PUBLICATIONS_A_WEEK = ISSUE * ISSUES_A_WEEK


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that the checks of some profiles need, looked up once for all of them.

    Attributes:
        rings: the rings in force.
        publications_a_week: how many publications the stream brings.
        measured: what the stored publications tell, if there are any.
        shares: text → share of publications that hold it, of every text of the profiles and every word in `holders`.
        holders: text → words of the dictionary, longer ones, that hold it.
    """

    rings: Rings
    publications_a_week: float
    measured: "Measured | None"
    shares: "Mapping[str, float]"
    holders: "Mapping[str, Sequence[str]]" = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        profiles: "Iterable[Profile]",
        *,
        rings: Rings | None = None,
        publications_a_week: float | None = None,
        measured: "Measured | None" = None,
    ) -> "Knowledge":
        """Look up what the checks of these profiles need."""
        in_force = Rings.shipped() if rings is None else rings
        asked = [rule for profile in profiles for rule in asked_rules(profile, in_force)]
        texts = {text for rule in asked for term in rule.terms for text in term.texts}
        holders = words_with({term.plain for rule in asked for group in rule.groups for term in group})
        wanted = sorted(texts.union(*holders.values()))
        return cls(
            in_force,
            publications_a_week or _a_week(measured),
            measured,
            dict(zip(wanted, shares(wanted).tolist(), strict=True)) if wanted else {},
            holders,
        )

    def asked(self, profile: "Profile") -> "list[AskedRule]":
        """Return a profile's rules as they are looked at."""
        return asked_rules(profile, self.rings)


def _a_week(measured: "Measured | None") -> float:
    return measured.publications_a_week if measured is not None and measured.is_enough else PUBLICATIONS_A_WEEK

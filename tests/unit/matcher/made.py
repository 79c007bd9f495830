"""Profiles and publications in a word."""

from typing import TYPE_CHECKING, Any

from services.matcher.engine.engine import Engine, compile_profiles
from services.matcher.engine.live import LiveEngine
from services.matcher.engine.oracle import evaluate
from services.matcher.rings import Ring, Rings
from shared.wire.match import Match
from shared.wire.profile import Profile, Rule, Term
from shared.wire.publication import Applicant, Publication

if TYPE_CHECKING:
    from services.matcher.engine.index import Index


def publication(title: str = "一种装置", **fields: Any) -> Publication:  # noqa: ANN401 - whatever a publication has
    return Publication(**{"publication_number": "CN1A", "kind": "A", "title": title, **fields})


def profile(*groups: tuple[str | Term, ...], **rule: Any) -> Profile:  # noqa: ANN401 - whatever a rule has
    return Profile(id="p", rules=(Rule(groups=groups, **rule),))


def wanting(profile_id: str, *terms: str | Term, name: str = "") -> Profile:
    """Return a profile that wants one of some terms."""
    return Profile(id=profile_id, name=name, rules=(Rule(groups=(terms,)),))


def by(name: str = "华为技术有限公司", region: str | None = "440106") -> tuple[Applicant, ...]:
    return (Applicant(name=name, region=region),)


def ring(*members: str) -> Rings:
    """Return rings: these members are one."""
    return Rings([Ring(id="r", members=members)])


def compiled(*profiles: Profile, rings: Rings | None = None) -> "Index":
    return compile_profiles(profiles, rings or Rings())


def live(*profiles: Profile) -> LiveEngine:
    """Return a live engine with these profiles as its base."""
    return LiveEngine(Rings(), compiled(*profiles))


def both(wanted: Profile, found_in: Publication, rings: Rings | None = None) -> Match | None:
    """Return what the engine finds, which must be what the oracle finds."""
    specified = evaluate(wanted, found_in, rings)
    assert Engine.compile([wanted], rings).match([found_in]) == [[specified] if specified else []]
    return specified

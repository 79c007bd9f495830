"""Profiles and publications in a word."""

from typing import Any

from services.matcher.engine.engine import Engine
from services.matcher.engine.oracle import evaluate
from shared.wire.match import Match
from shared.wire.profile import Profile, Rule, Term
from shared.wire.publication import Applicant, Publication


def publication(title: str = "一种装置", **fields: Any) -> Publication:  # noqa: ANN401 - whatever a publication has
    return Publication(**{"publication_number": "CN1A", "kind": "A", "title": title, **fields})


def profile(*groups: tuple[str | Term, ...], **rule: Any) -> Profile:  # noqa: ANN401 - whatever a rule has
    return Profile(id="p", rules=(Rule(groups=groups, **rule),))


def by(name: str = "华为技术有限公司", region: str | None = "440106") -> tuple[Applicant, ...]:
    return (Applicant(name=name, region=region),)


def both(wanted: Profile, found_in: Publication) -> Match | None:
    """Return what the engine finds, which must be what the oracle finds."""
    specified = evaluate(wanted, found_in)
    assert Engine.compile([wanted]).match([found_in]) == [[specified] if specified else []]
    return specified

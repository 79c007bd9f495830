"""A past in memory, and publications for it."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from services.matcher.lookback.past import Contents, Kept, Part, Past
from services.matcher.lookback.segment import build
from shared.wire.publication import Applicant, Publication

MONDAY = date(2026, 3, 2)


def published(number: int, title: str, *, day: int = 0, by: str = "甲乙科技有限公司", **fields: object) -> Publication:
    """Return a publication of so many days after `MONDAY`."""
    return Publication(
        **{
            "publication_number": f"CN{110_000_000 + number}A",
            "kind": "A",
            "title": title,
            "published_on": MONDAY + timedelta(days=day),
            "applicants": (Applicant(name=by, region="440106"),),
            **fields,
        }  # type: ignore[arg-type]
    )


def past_of(*segments: Sequence[Publication], gone: Iterable[tuple[int, int]] = ()) -> Past:
    """Return a past of these segments; of some, these documents are gone."""
    kept = []
    for number, publications in enumerate(segments):
        alive = np.ones(len(publications), np.bool_)
        alive[[document for segment, document in gone if segment == number]] = False
        kept.append(Kept(Part(name=f"s{number}"), build(publications), alive))
    return Past(Contents(made_by="a test", is_whole=True), tuple(kept))

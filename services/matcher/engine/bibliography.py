"""What is not text: IPC, applicants, regions and kinds, as conditions and as evidence."""

from typing import TYPE_CHECKING

from services.matcher.engine import applicants, ipc
from services.matcher.engine.regions import fits as region_fits
from services.matcher.engine.regions import keys as region_keys
from services.matcher.engine.regions import pattern_key as region_pattern
from services.matcher.engine.text import normalise
from shared.wire.match import Evidence, HitKind

__all__ = [
    "evidence",
    "holds",
    "kind_fits",
    "kind_pattern",
    "publication_keys",
    "region_fits",
    "region_pattern",
]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.wire.profile import Rule
    from shared.wire.publication import Publication


def kind_pattern(pattern: str) -> str:
    """Return what a kind code must begin with: ``B`` fits B, B1 and B2."""
    return normalise(pattern).strip().upper().removesuffix("*")


def kind_fits(pattern: str, kind: str) -> bool:
    """Whether a kind code is of the kind that a pattern names."""
    return kind.upper().startswith(kind_pattern(pattern))


def publication_keys(publication: "Publication") -> "Iterator[str]":
    """Return every key that a condition could ask for and that this publication has; some more than once."""
    yield from (f"ipc:{key}" for symbol in publication.ipc for key in ipc.keys(symbol))
    for applicant in publication.applicants:
        yield from (f"who:{key}" for key in applicants.keys(applicant.name))
        yield from (f"where:{key}" for key in region_keys(applicant.region or ""))
    kind = publication.kind.upper()
    yield from (f"kind:{kind[:length]}" for length in range(len(kind) + 1))


def holds(rule: "Rule", publication: "Publication") -> bool:
    """Whether all of a rule's conditions hold that are not about keywords."""
    names = [applicant.name for applicant in publication.applicants]
    regions = [applicant.region for applicant in publication.applicants]
    return (
        (not rule.ipc or any(ipc.covers(p, s) for p in rule.ipc for s in publication.ipc))
        and (not rule.applicants or any(applicants.fits(p, name) for p in rule.applicants for name in names))
        and (not rule.regions or any(region_fits(p, region) for p in rule.regions for region in regions))
        and (not rule.kinds or any(kind_fits(p, publication.kind) for p in rule.kinds))
        and not any(ipc.covers(p, s) for p in rule.not_ipc for s in publication.ipc)
        and not any(applicants.fits(p, name) for p in rule.not_applicants for name in names)
    )


def evidence(rule: "Rule", publication: "Publication") -> list[Evidence]:
    """Return one piece of evidence for each value that fits, named by the first pattern that it fits."""
    found = []
    for index, symbol in enumerate(publication.ipc):
        pattern = next((p for p in rule.ipc if ipc.covers(p, symbol)), None)
        found += _whole(pattern, f"ipc[{index}]", symbol, HitKind.IPC)
    for index, applicant in enumerate(publication.applicants):
        pattern = next((p for p in rule.applicants if applicants.fits(p, applicant.name)), None)
        found += _whole(pattern, f"applicants[{index}].name", applicant.name, HitKind.APPLICANT)
        region = applicant.region or ""
        pattern = next((p for p in rule.regions if region_fits(p, region)), None)
        found += _whole(pattern, f"applicants[{index}].region", region, HitKind.REGION)
    return found


def _whole(pattern: str | None, field: str, value: str, kind: HitKind) -> list[Evidence]:
    if pattern is None:
        return []
    return [Evidence(term=pattern, field=field, start=0, end=len(value), kind=kind, score=1.0)]

"""What is not text: IPC, applicants, regions and kinds, as conditions and as evidence."""

from typing import TYPE_CHECKING

from services.matcher.engine import applicants, ipc
from services.matcher.engine.text import normalise
from shared.wire.match import Evidence, HitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.wire.profile import Rule
    from shared.wire.publication import Publication


def region_pattern(pattern: str) -> str:
    """Return the digits a region's code must begin with: ``440100`` and ``4401*`` mean all of ``4401``."""
    digits = normalise(pattern).strip().removesuffix("*")
    while len(digits) in (4, 6) and digits.endswith("00"):
        digits = digits[:-2]
    return digits


def kind_pattern(pattern: str) -> str:
    """Return what a kind code must begin with: ``B`` fits B, B1 and B2."""
    return normalise(pattern).strip().upper().removesuffix("*")


def region_fits(pattern: str, region: str | None) -> bool:
    """Whether a region's code lies in the place that a pattern names."""
    return bool(region) and region is not None and region.startswith(region_pattern(pattern))


def kind_fits(pattern: str, kind: str) -> bool:
    """Whether a kind code is of the kind that a pattern names."""
    return kind.upper().startswith(kind_pattern(pattern))


def rule_keys(rule: "Rule") -> "tuple[list[list[str]], list[str]]":
    """Return what a rule asks of `publication_keys`: lists of which each needs a member, and what must not be there."""
    wanted = [
        [f"ipc:{key}" for pattern in rule.ipc for key in ipc.pattern_keys(pattern)],
        [f"who:{key}" for pattern in rule.applicants for key in applicants.pattern_keys(pattern)],
        [f"where:{region_pattern(pattern)}" for pattern in rule.regions],
        [f"kind:{kind_pattern(pattern)}" for pattern in rule.kinds],
    ]
    asked = (rule.ipc, rule.applicants, rule.regions, rule.kinds)
    unwanted = [f"ipc:{key}" for pattern in rule.not_ipc for key in ipc.pattern_keys(pattern)]
    unwanted += [f"who:{key}" for pattern in rule.not_applicants for key in applicants.pattern_keys(pattern)]
    return [keys for keys, patterns in zip(wanted, asked, strict=True) if patterns], unwanted


def publication_keys(publication: "Publication") -> "Iterator[str]":
    """Return every key that a rule could ask for and that this publication has; some more than once."""
    for symbol in publication.ipc:
        for key in ipc.keys(symbol):
            yield f"ipc:{key}"
    for applicant in publication.applicants:
        for key in applicants.keys(applicant.name):
            yield f"who:{key}"
        if applicant.region:
            yield from (f"where:{applicant.region[:length]}" for length in range(len(applicant.region) + 1))
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

"""What the check of a profile says, as remarks with pointers into the profile."""

from typing import TYPE_CHECKING

from services.matcher.health import Code, Knowledge, check_profile
from services.matcher.lookback.measuring import measured
from shared.advice import Remark

if TYPE_CHECKING:
    from services.matcher.health import Finding
    from services.matcher.lookback.past import Past
    from services.matcher.rings import Rings
    from shared.wire.profile import Profile


def remarks_on(profile: "Profile", rings: "Rings", past: "Past | None") -> tuple[Remark, ...]:
    """Return what the check of a profile finds, by what is stored where anything is."""
    counted = None if past is None or not len(past) else measured(profile, rings, past)
    known = Knowledge.of([profile], rings=rings, measured=counted)
    return tuple(_remark(profile, finding) for finding in check_profile(profile, known))


def _remark(profile: "Profile", finding: "Finding") -> Remark:
    return Remark(
        code=finding.code.value,
        level=finding.severity.value,
        text=finding.in_words,
        pointer=_pointer(profile, finding),
        proposals=finding.suggestions,
        said=finding.placed,
    )


_OF_THE_PROFILE = {Code.UNREACHABLE_SCORE: "/min_score", Code.MISSING_FIELD: "/fields"}
"""What a finding is about, where that is no part of a rule."""


def _pointer(profile: "Profile", finding: "Finding") -> str:
    if finding.code in _OF_THE_PROFILE:
        return _OF_THE_PROFILE[finding.code]
    if finding.rule is None:
        return ""
    pointer = f"/rules/{finding.rule}"
    rule = profile.rules[finding.rule]
    if finding.group is not None:
        pointer += f"/groups/{finding.group}"
        texts = [term if isinstance(term, str) else term.text for term in rule.groups[finding.group]]
        return f"{pointer}/{texts.index(finding.term)}" if finding.term in texts else pointer
    for name in ("none", "ipc", "not_ipc", "applicants", "not_applicants", "regions", "kinds"):
        values = [value if isinstance(value, str) else value.text for value in getattr(rule, name)]
        if finding.term in values:
            return f"{pointer}/{name}/{values.index(finding.term)}"
    return pointer

"""What becomes of an alert that waits when its publication is found once more; the same on every backend."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.store.records import Alert, Why


def best_first(whys: "Iterable[Why]") -> "tuple[Why, ...]":
    """Return the reasons by score, then by profile."""
    return tuple(sorted(whys, key=lambda why: (-why.score, why.profile_id)))


def merge_alert(stored: "Alert", found: "Alert") -> "Alert":
    """Return the stored alert with what was found now; itself when that says nothing new. See `shared.store.telling.Alerts.record`.

    Args:
        stored: as it waits.
        found: of the same key.
    """
    reasons = {why.profile_id: why for why in found.whys}
    if found.publication == stored.publication:
        reasons = {why.profile_id: why for why in stored.whys} | reasons
    whys = best_first(reasons.values())
    if whys == stored.whys and found.publication == stored.publication:
        return stored
    return msgspec.structs.replace(
        stored,
        publication=found.publication,
        family_key=found.family_key,
        whys=whys,
        score=max((why.score for why in whys), default=found.score),
        extent=msgspec.UNSET,
    )

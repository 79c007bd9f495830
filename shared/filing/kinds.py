"""All kinds of documents that have an owner; a store keeps, copies and reseals exactly these."""

from typing import TYPE_CHECKING, Any

from shared.filing.destination_cards import DESTINATION_CARDS
from shared.filing.errands import ERRANDS
from shared.filing.profile_cards import PROFILE_CARDS
from shared.filing.profile_versions import PROFILE_VERSIONS
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS

if TYPE_CHECKING:
    from shared.store.filed import Kind

KINDS: "tuple[Kind[Any], ...]" = (
    DESTINATION_CARDS,
    ERRANDS,
    PROFILE_CARDS,
    PROFILE_VERSIONS,
    SUBSCRIPTION_CARDS,
)
"""By name no two are the same; on MongoDB one that is added after a release needs a version in its migrations."""

"""All kinds of documents that have an owner; a store keeps, copies and reseals exactly these."""

from typing import TYPE_CHECKING, Any

from shared.filing.accounts import ACCOUNTS
from shared.filing.api_tokens import API_TOKENS
from shared.filing.application_texts import APPLICATION_TEXTS
from shared.filing.audit_entries import AUDIT_ENTRIES
from shared.filing.consents import CONSENTS
from shared.filing.curated_fields import CURATED_FIELDS
from shared.filing.destination_cards import DESTINATION_CARDS
from shared.filing.errands import ERRANDS
from shared.filing.event_calls import EVENT_CALLS
from shared.filing.events import EVENTS
from shared.filing.field_followings import FIELD_FOLLOWINGS
from shared.filing.field_versions import FIELD_VERSIONS
from shared.filing.follow_ups import FOLLOW_UPS
from shared.filing.invitations import INVITATIONS
from shared.filing.marks import MARKS
from shared.filing.organisations import ORGANISATIONS
from shared.filing.profile_cards import PROFILE_CARDS
from shared.filing.profile_versions import PROFILE_VERSIONS
from shared.filing.reading_places import READING_PLACES
from shared.filing.sessions import SESSIONS
from shared.filing.share_links import SHARE_LINKS
from shared.filing.sign_in_codes import SIGN_IN_CODES
from shared.filing.subscription_cards import SUBSCRIPTION_CARDS
from shared.filing.wecom_bindings import WECOM_BINDINGS
from shared.filing.wecom_corps import WECOM_CORPS
from shared.filing.wecom_members import WECOM_MEMBERS

if TYPE_CHECKING:
    from shared.store.filed import Kind

KINDS: "tuple[Kind[Any], ...]" = (
    ACCOUNTS,
    API_TOKENS,
    APPLICATION_TEXTS,
    AUDIT_ENTRIES,
    CONSENTS,
    CURATED_FIELDS,
    DESTINATION_CARDS,
    ERRANDS,
    EVENTS,
    EVENT_CALLS,
    FIELD_FOLLOWINGS,
    FIELD_VERSIONS,
    FOLLOW_UPS,
    INVITATIONS,
    MARKS,
    ORGANISATIONS,
    PROFILE_CARDS,
    PROFILE_VERSIONS,
    READING_PLACES,
    SESSIONS,
    SHARE_LINKS,
    SIGN_IN_CODES,
    SUBSCRIPTION_CARDS,
    WECOM_BINDINGS,
    WECOM_CORPS,
    WECOM_MEMBERS,
)
"""By name no two are the same; on MongoDB one that is added after a release needs a version in its migrations."""

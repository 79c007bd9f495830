"""Everything that an organisation and its members leave in the store: what an export shows of it, what an erasure leaves.

A test holds this table to the list of all kinds: who adds one must say here what becomes of it.
"""

from dataclasses import dataclass
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
from shared.store.filed import Position

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from shared.store.filed import Filed, Kind
    from shared.store.port import Store

PAGE = 500


@dataclass(frozen=True, slots=True)
class Belonging:
    """One kind of documents that somebody owns.

    Attributes:
        kind: of them; its owner is the organisation, or the document above.
        hidden: fields that no export shows: hashes and secrets.
        under: what each of them owns in turn.
        stays: why it is not erased; ``""``: it is.
    """

    kind: "Kind[Any]"
    hidden: frozenset[str] = frozenset()
    under: "tuple[Belonging, ...]" = ()
    stays: str = ""


OF_MEMBERS = Belonging(
    ACCOUNTS,
    hidden=frozenset({"email_key", "wecom_key", "password_hash"}),
    under=(
        Belonging(READING_PLACES),
        Belonging(SESSIONS, hidden=frozenset({"token_key"})),
        Belonging(CONSENTS, stays="shows that what was done was allowed; ends three years after it was withdrawn"),
        Belonging(WECOM_BINDINGS, hidden=frozenset({"id"})),
    ),
)

OF_PROFILES = Belonging(PROFILE_VERSIONS)

OF_WECOM_MEMBERS = Belonging(WECOM_MEMBERS, hidden=frozenset({"id"}))

OF_CONNECTIONS = Belonging(
    WECOM_CORPS,
    hidden=frozenset({"secret", "token", "aes_key", "old_token", "old_aes_key", "domain_file"}),
    under=(OF_WECOM_MEMBERS,),
)
OF_INVITATIONS = Belonging(INVITATIONS, hidden=frozenset({"token_key"}))

DOORS = (OF_INVITATIONS, OF_CONNECTIONS)
"""By these people become members of an organisation."""

OF_ORGANISATIONS = (
    OF_MEMBERS,
    Belonging(API_TOKENS, hidden=frozenset({"token_key", "old_token_key"})),
    OF_INVITATIONS,
    Belonging(SUBSCRIPTION_CARDS),
    Belonging(DESTINATION_CARDS),
    Belonging(PROFILE_CARDS, under=(OF_PROFILES,)),
    Belonging(EVENTS),
    Belonging(MARKS),
    Belonging(FOLLOW_UPS),
    Belonging(SHARE_LINKS, hidden=frozenset({"token_key"})),
    OF_CONNECTIONS,
    Belonging(
        AUDIT_ENTRIES,
        hidden=frozenset({"personal_digest"}),
        stays="the law asks for it; without what tells of persons, and for three years",
    ),
)

ELSEWHERE: "Mapping[Kind[Any], str]" = {
    ORGANISATIONS: "the root itself; its name is erased, its id stays for the audit log",
    SIGN_IN_CODES: "over in ten minutes",
    ERRANDS: "over in half an hour",
    EVENT_CALLS: "over in a day, or a day after a person asked for one",
    APPLICATION_TEXTS: "public texts, nobody's own",
    CURATED_FIELDS: "the centre's work",
    FIELD_VERSIONS: "the centre's work",
    FIELD_FOLLOWINGS: "goes with its profile",
}
"""Kinds of which nothing is an organisation's own, and why."""


async def walk(store: "Store", kind: "Kind[Any]", owner: str) -> "AsyncIterator[Filed[Any]]":
    """Yield all documents of a kind and an owner, in their order; what is yielded may be removed."""
    shelf, after = store.shelf(kind), None
    while filed := await shelf.page(owner, after=after, limit=PAGE):
        last = filed[-1].document
        after = Position(kind.order(last), last.id)
        for one in filed:
            yield one
        if len(filed) < PAGE:
            return


async def remove_all(store: "Store", belonging: Belonging, owner: str) -> None:
    """Remove what an owner has of a kind, and what that has in turn; what stays, stays."""
    async for filed in walk(store, belonging.kind, owner):
        await remove(store, belonging, filed.document.id)


async def remove(store: "Store", belonging: Belonging, document_id: str) -> None:
    """Remove one with what it has in turn, and what that got while it was still there; what stays, stays."""
    for below in belonging.under:
        await remove_all(store, below, document_id)
    if not belonging.stays and await store.shelf(belonging.kind).remove(document_id):
        for below in belonging.under:
            await remove_all(store, below, document_id)

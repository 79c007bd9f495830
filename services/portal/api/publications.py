"""Endpoints of publications: what is stored, for everybody."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Limit
from services.portal.desk.actor import Permission
from services.portal.desk.advising import advice_of
from services.portal.desk.refusals import MissingError
from shared.advice import Found, Search
from shared.wire.publication import Publication

Words = Annotated[str, Meta(max_length=200)]


class WhichPublications(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which publications; all that is given must hold.

    Attributes:
        text: words, apart by blanks, all of which must stand in title, abstract or claim; or a number.
        since, before: published on this day or later; before this one.
        after: ``next`` of the page before.
    """

    text: Words = ""
    ipc: Words = ""
    applicant: Words = ""
    region: Words = ""
    since: date | None = None
    before: date | None = None
    after: Annotated[str, Meta(max_length=200)] | None = None
    limit: Limit = 20


@endpoint("GET", "/publications", needs=Permission.READ)
async def search_publications(ask: Ask, query: WhichPublications) -> Found:
    """Search the stored publications, newest first."""
    said = {name: getattr(query, name) for name in query.__struct_fields__}
    return await advice_of(ask.desk.around).search(Search(**said))


@endpoint("GET", "/publications/{number}", needs=Permission.READ)
async def read_publication(ask: Ask, number: str) -> Publication:
    """Return a publication by its number."""
    version = await ask.desk.around.store.publications.get(number)
    if version is None:
        raise MissingError
    return version.publication

"""Endpoints of technical fields."""

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Limit
from services.portal.api.same_names import view_of
from services.portal.api.views import ProfileView
from services.portal.desk.actor import Permission
from shared.wire.profile import Rule

if TYPE_CHECKING:
    from services.portal.catalogue.field import Field
    from services.portal.desk.fields import FieldView


class FieldLine(msgspec.Struct, frozen=True, kw_only=True):
    """A field in a list.

    Attributes:
        zh, en: its name.
        about: one sentence in Chinese.
        parent: the code above it, ``null`` of a root.
    """

    code: str
    zh: str
    en: str
    about: str
    parent: str | None

    @classmethod
    def of(cls, field: "Field") -> "FieldLine":
        """Tell of a field in short."""
        return view_of(cls, field)


class FieldTold(msgspec.Struct, frozen=True, kw_only=True):
    """A field where it stands.

    Attributes:
        version: 0: as shipped.
        path: what is above it, the root first.
        below: what is directly below it.
        a_week: publications to be expected, ``null``: not measured.
        rules: those of a profile that follows it; none: it is too wide to be followed.
    """

    field: FieldLine
    version: int
    path: tuple[FieldLine, ...]
    below: tuple[FieldLine, ...]
    a_week: int | None
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, view: "FieldView") -> "FieldTold":
        """Tell of a field."""
        return cls(
            field=FieldLine.of(view.field),
            version=view.number,
            path=tuple(map(FieldLine.of, view.path)),
            below=tuple(map(FieldLine.of, view.below)),
            a_week=view.a_week,
            rules=() if view.profile is None else view.profile.rules,
        )


class FieldsFound(msgspec.Struct, frozen=True, kw_only=True):
    """Fields that were found, the best first; without words: the roots."""

    items: tuple[FieldLine, ...]


class WhichFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which fields: those with all these words in code, names, description or keywords."""

    text: Annotated[str, Meta(max_length=200)] = ""
    limit: Limit = 50


class Following(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a field is followed; ``automatic``: its new versions are taken as they come."""

    automatic: bool = False


@endpoint("GET", "/fields", needs=Permission.READ)
async def list_fields(ask: Ask, query: WhichFields) -> FieldsFound:
    """Search the catalogue of technical fields, or begin at its roots."""
    catalogue = await ask.desk.fields.catalogue(ask.actor)
    found = catalogue.search(query.text, limit=query.limit) if query.text.strip() else catalogue.roots[: query.limit]
    return FieldsFound(items=tuple(map(FieldLine.of, found)))


@endpoint("GET", "/fields/{code}", needs=Permission.READ)
async def read_field(ask: Ask, code: str) -> FieldTold:
    """Return a technical field, what is around it, and its rules."""
    return FieldTold.of(await ask.desk.fields.get(ask.actor, code))


@endpoint("POST", "/fields/{code}/follow", needs=Permission.WRITE_PROFILES)
async def follow_field(ask: Ask, code: str, body: Following) -> ProfileView:
    """Make a profile of a technical field that remembers it."""
    return ProfileView.of(await ask.desk.following.subscribe(ask.actor, code, automatic=body.automatic))

"""Endpoints of curators: drafts of technical fields, their check and preview, versions, publication and undo."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.paging import Page, Paged
from services.portal.api.same_names import view_of
from services.portal.api.told_advice import worded_preview
from services.portal.desk.actor import Permission
from services.portal.desk.drafts import Name
from services.portal.desk.field_contents import MAX_ABOUT_CHARACTERS, MAX_WHY_CHARACTERS
from shared.advice import Preview
from shared.filing.field_versions import FieldContent
from shared.wire.profile import Rule

if TYPE_CHECKING:
    from services.portal.desk.curating import Desktop
    from shared.filing.field_versions import FieldVersion

Why = Annotated[str, Meta(min_length=1, max_length=MAX_WHY_CHARACTERS, description="For who reads the history.")]


class ContentDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field as it is to become.

    Attributes:
        zh, en: its name.
        about: one sentence in Chinese.
    """

    zh: Name
    en: Name
    about: Annotated[str, Meta(max_length=MAX_ABOUT_CHARACTERS)] = ""
    rules: Annotated[tuple[Rule, ...], Meta(min_length=1, max_length=200)]

    def content(self) -> FieldContent:
        """Return it as the desk takes it."""
        return FieldContent(zh=self.zh, en=self.en, about=self.about, rules=self.rules)


class Publishing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the draft is to count."""

    why: Why


class RestoringField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which version is to count again, and why; 0: the shipped one."""

    version: Annotated[int, Meta(ge=0, le=99_999_999)]
    why: Why


class DesktopView(msgspec.Struct, frozen=True, kw_only=True):
    """A field on a curator's desk.

    Attributes:
        content: of the version that counts.
        version: its number; 0: the shipped one.
        draft: ``null``: nobody writes one.
        revision: for ``If-Match``; also the ``ETag``; 0: nobody ever edited this field.
    """

    code: str
    content: FieldContent
    version: int
    draft: FieldContent | None
    revision: int

    @classmethod
    def of(cls, desktop: "Desktop") -> "DesktopView":
        """Tell of a field."""
        return cls(
            code=desktop.code,
            content=desktop.content,
            version=desktop.number,
            draft=desktop.draft.content if desktop.draft else None,
            revision=desktop.revision,
        )


class FieldVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """A field as it was published.

    Attributes:
        restores: the version that was put back by this one.
    """

    version: int
    content: FieldContent
    why: str
    made_at: datetime
    made_by: str
    restores: int | None

    @classmethod
    def of(cls, version: "FieldVersion") -> "FieldVersionView":
        """Tell of a version."""
        return view_of(cls, version, version=version.number)


@endpoint("GET", "/fields/{code}/draft", needs=Permission.CURATE_FIELDS)
async def open_field(ask: Ask, code: str) -> DesktopView:
    """Return a field as it counts, with the draft of its next version."""
    return DesktopView.of(await ask.desk.curating.open(ask.actor, code))


@endpoint("PUT", "/fields/{code}/draft", needs=Permission.CURATE_FIELDS, edits=True)
async def draft_field(ask: Ask, code: str, body: ContentDraft) -> DesktopView:
    """Save a draft; nothing changes for subscribers."""
    return DesktopView.of(await ask.desk.curating.write(ask.actor, code, body.content(), revision=ask.revision))


@endpoint("DELETE", "/fields/{code}/draft", needs=Permission.CURATE_FIELDS, edits=True)
async def discard_field_draft(ask: Ask, code: str) -> None:
    """Throw the draft away."""
    await ask.desk.curating.discard(ask.actor, code, revision=ask.revision)


@endpoint("POST", "/fields/{code}/preview", needs=Permission.CURATE_FIELDS)
async def preview_field(ask: Ask, code: str, body: ContentDraft) -> Preview:
    """Return what the last four weeks would have brought with this content, and what its check says."""
    found = await ask.desk.curating.preview(ask.actor, code, body.content())
    return worded_preview(found, ask.language)


@endpoint("POST", "/fields/{code}/publish", needs=Permission.CURATE_FIELDS, edits=True)
async def publish_field(ask: Ask, code: str, body: Publishing) -> FieldVersionView:
    """Let the draft count from now on; profiles that follow by themselves take it."""
    version = await ask.desk.curating.publish(ask.actor, code, why=body.why, revision=ask.revision)
    return FieldVersionView.of(version)


@endpoint("POST", "/fields/{code}/restore", needs=Permission.CURATE_FIELDS, edits=True)
async def restore_field(ask: Ask, code: str, body: RestoringField) -> FieldVersionView:
    """Let an earlier version count again, as a new one."""
    version = await ask.desk.curating.restore(ask.actor, code, body.version, why=body.why, revision=ask.revision)
    return FieldVersionView.of(version)


@endpoint("GET", "/fields/{code}/versions", needs=Permission.CURATE_FIELDS)
async def list_field_versions(ask: Ask, code: str, query: Paged) -> Page[FieldVersionView]:
    """Return the versions that were published here, the newest first; the shipped one is not among them."""
    found = partial(ask.desk.curating.history, ask.actor, code)
    return await ask.page(f"versions {code}", query, found, FieldVersionView.of)

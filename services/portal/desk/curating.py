"""Technical fields edited by curators: a draft, its check, a published version, and any earlier one put back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from services.portal.catalogue.catalogue import shipped
from services.portal.desk.actor import Permission
from services.portal.desk.advising import advice_of, faults_in
from services.portal.desk.cards import Slice, position
from services.portal.desk.field_contents import content_of, profile_with, refuse_bad_content, refuse_no_reason
from services.portal.desk.refusals import ConflictError, InvalidError, MissingError, StaleError, Text
from shared.filing.curated_fields import CURATED_FIELDS, CuratedField, FieldDraft
from shared.filing.field_versions import FIELD_VERSIONS, FieldContent, FieldVersion, field_version_id

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.following import Following
    from shared.advice import Preview, Remark
    from shared.runtime.role import Surroundings
    from shared.store.filed import Position

SHIPPED_AT = datetime(1970, 1, 1, tzinfo=UTC)
"""Of the shipped version, which nobody published here: before all others."""

_NO_DRAFT = Text(
    "没有草稿可以发布，请先修改并保存草稿。", "There is no draft to publish; edit the field and save a draft first."
)
_SAME = Text("草稿与现行版本相同，没有什么可发布。", "The draft says the same as the version that counts.")
_HOLDS_TOGETHER = Text(
    "这一级只汇总下级领域，没有自己的规则，请修改下级领域。",
    "This level only holds together the fields below it; edit those.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desktop:
    """A field on a curator's desk.

    Attributes:
        content: of the version that counts; ``number`` 0: the shipped one.
        draft: ``None``: nobody writes one.
        revision: what an edit is held against; 0: nobody ever edited this field.
    """

    code: str
    content: FieldContent
    number: int
    draft: FieldDraft | None
    revision: int


class Curating:
    """What curators do; every function needs the permission to curate."""

    def __init__(self, around: "Surroundings", audit: "Audit", following: "Following") -> None:
        self._around = around
        self._audit = audit
        self._following = following
        self._curated = around.store.shelf(CURATED_FIELDS)
        self._versions = around.store.shelf(FIELD_VERSIONS)

    async def open(self, actor: "Actor", code: str) -> Desktop:
        """Return a field as it counts, with its draft.

        Raises:
            MissingError: there is none of this code.
            ConflictError: it is a node that only holds together fields.
        """
        actor.need(Permission.CURATE_FIELDS)
        _refuse_node(code)
        filed = await self._curated.get(code)
        document, revision = (filed.document, filed.revision) if filed else (CuratedField(id=code), 0)
        current = document.current
        return Desktop(
            code=code,
            content=current.content if current else content_of(shipped().get(code)),
            number=current.number if current else 0,
            draft=document.draft,
            revision=revision,
        )

    async def write(self, actor: "Actor", code: str, content: FieldContent, *, revision: int) -> Desktop:
        """Save a draft; nothing changes for subscribers.

        Raises:
            InvalidError: a name or the description is wrong. Rules are checked when it is published.
            StaleError: somebody else edited the field meanwhile.
        """
        desktop = await self.open(actor, code)
        refuse_bad_content(content)
        draft = FieldDraft(content=content, made_by=actor.account_id, made_at=self._around.clock.now())
        await self._put(desktop, revision, draft=draft)
        await self._audit.record(actor, "field.drafted", code)
        return await self.open(actor, code)

    async def discard(self, actor: "Actor", code: str, *, revision: int) -> None:
        """Throw a draft away; raises as `write` does."""
        desktop = await self.open(actor, code)
        await self._put(desktop, revision, draft=None)
        await self._audit.record(actor, "field.draft-discarded", code)

    async def check(self, actor: "Actor", code: str, content: FieldContent) -> "tuple[Remark, ...]":
        """Return what is wrong, or doubtful, about rules."""
        await self.open(actor, code)
        return await advice_of(self._around).check(profile_with(code, content))

    async def preview(self, actor: "Actor", code: str, content: FieldContent, *, weeks: int = 4) -> "Preview":
        """Return what the last weeks would have brought with this content."""
        await self.open(actor, code)
        return await advice_of(self._around).preview(profile_with(code, content), weeks=weeks)

    async def publish(self, actor: "Actor", code: str, *, why: str, revision: int) -> FieldVersion:
        """Let the draft count from now on; profiles that follow by themselves take it.

        Raises:
            ConflictError: there is no draft, or it says nothing new.
            InvalidError: no reason is given, or the rules can never match.
            StaleError: somebody else edited the field meanwhile.
        """
        desktop = await self.open(actor, code)
        if desktop.draft is None:
            raise ConflictError("no-draft", _NO_DRAFT)
        return await self._publish(actor, desktop, desktop.draft.content, why=why, revision=revision)

    async def restore(self, actor: "Actor", code: str, number: int, *, why: str, revision: int) -> FieldVersion:
        """Let an earlier version count again, as a new one; 0: the shipped one. A draft stays. Raises as `publish` does."""
        desktop = await self.open(actor, code)
        content = (await self.version(actor, code, number)).content
        return await self._publish(actor, desktop, content, why=why, revision=revision, restores=number)

    async def history(
        self, actor: "Actor", code: str, *, after: "Position | None" = None, limit: int = 50
    ) -> Slice[FieldVersion]:
        """Return the versions that were published, the newest first; the shipped one is not among them."""
        await self.open(actor, code)
        found = await self._versions.page(code, after=after, limit=limit + 1, newest_first=True)
        shown = [filed.document for filed in found[:limit]]
        return Slice(shown, position(FIELD_VERSIONS, shown[-1]) if len(found) > limit else None)

    async def version(self, actor: "Actor", code: str, number: int) -> FieldVersion:
        """Return a field as it was; number 0 is the shipped one.

        Raises:
            MissingError: there is no such version.
        """
        actor.need(Permission.CURATE_FIELDS)
        _refuse_node(code)
        if number == 0:
            return _shipped(code)
        filed = await self._versions.get(field_version_id(code, number))
        if filed is None:
            raise MissingError
        return filed.document

    async def _publish(
        self,
        actor: "Actor",
        desktop: Desktop,
        content: FieldContent,
        *,
        why: str,
        revision: int,
        restores: int | None = None,
    ) -> FieldVersion:
        if content == desktop.content:
            raise ConflictError("nothing-new", _SAME)
        refuse_no_reason(why)
        refuse_bad_content(content)
        remarks = await advice_of(self._around).check(profile_with(desktop.code, content))
        if wrong := faults_in(remarks, under="/content"):
            raise InvalidError(*wrong)
        await self._file_what_counts(desktop.code)
        version = FieldVersion(
            id=field_version_id(desktop.code, desktop.number + 1),
            code=desktop.code,
            number=desktop.number + 1,
            content=content,
            why=why.strip(),
            made_by=actor.account_id,
            made_at=self._around.clock.now(),
            restores=restores,
        )
        draft = desktop.draft if restores is not None else None
        await self._put(desktop, revision, current=version, draft=draft)
        await self._versions.add([version])
        await self._audit.record(actor, "field.published", desktop.code, version=str(version.number))
        await self._following.spread(desktop.code)
        return version

    async def _put(self, desktop: Desktop, revision: int, **changes: object) -> None:
        """Change what is filed of a field that is still at this revision.

        Raises:
            StaleError: it is not.
        """
        if desktop.revision != revision:
            raise StaleError
        filed = await self._curated.get(desktop.code)
        before = filed.document if filed else CuratedField(id=desktop.code)
        changed = msgspec.structs.replace(before, **changes)
        if filed is None:
            done = await self._curated.add([changed])
        else:
            done = await self._curated.replace(changed, revision=revision) is not None
        if not done:
            raise StaleError

    async def _file_what_counts(self, code: str) -> None:
        """File a version that a process which died did not come to file."""
        filed = await self._curated.get(code)
        if filed and filed.document.current:
            await self._versions.add([filed.document.current])  # false when it is filed already


def _shipped(code: str) -> FieldVersion:
    return FieldVersion(
        id=field_version_id(code, 0),
        code=code,
        number=0,
        content=content_of(shipped().get(code)),
        why="",
        made_by="",
        made_at=SHIPPED_AT,
    )


def _refuse_node(code: str) -> None:
    if code not in shipped():
        raise MissingError
    if not shipped().get(code).rules:
        raise ConflictError("field-is-a-node", _HOLDS_TOGETHER)

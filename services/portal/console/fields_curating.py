"""``/fields/{code}/edit``: curators change a field, look at what that brings, publish it, and take it back."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from services.portal.console.editor.changes import changes
from services.portal.console.editor.draft import Draft, draft_of, press, profile_of, read_form
from services.portal.console.editor.look import Looks
from services.portal.console.editor.page import rule_values
from services.portal.console.faults import by_field
from services.portal.console.fields import CODE
from services.portal.console.flashes import Tone
from services.portal.desk.refusals import ConflictError, InvalidError, StaleError, Text
from shared.errors import RetryLaterError
from shared.filing.field_versions import FieldContent
from shared.wire.profile import Profile

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.curating import Desktop
    from shared.advice import Remark

MOST_VERSIONS = 100

_DRAFTED = Text("草稿已保存，订阅者还看不到。", "The draft is saved; subscribers do not see it yet.")
_PUBLISHED = Text("新版本已发布，从现在起按它匹配。", "The new version is published and counts from now on.")
_DISCARDED = Text("草稿已丢弃。", "The draft is thrown away.")
_STALE = Text(
    "您编辑期间，别人改过这个领域。您写的还在下面，没有保存；请对照现行版本，再按一次保存或发布。",
    "Somebody else changed this field meanwhile. What you wrote is below, not saved; compare it, then save or publish again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the form of a field shows.

    Attributes:
        is_fresh: the next save goes over what is filed now, whatever the form began with.
    """

    desktop: "Desktop"
    content: FieldContent
    draft: Draft
    status: int = 200
    notice: Text | None = None
    is_fresh: bool = False


class CuratingRoom:
    """The pages of curators."""

    def __init__(self, frame: "Frame") -> None:
        self._frame = frame
        self._curating = frame.desk.curating
        self._looks = Looks(frame.around)

    def routes(self) -> "list[web.RouteDef]":
        """Return them."""
        frame = self._frame
        return [
            frame.get(f"/fields/{CODE}/edit", self.edit),
            frame.post(f"/fields/{CODE}/edit", self.change),
            frame.get(f"/fields/{CODE}/history", self.history),
            frame.post(f"/fields/{CODE}/restore", self.restore),
        ]

    async def edit(self, visit: "Visit") -> "web.Response":
        """The form of a field: its draft, else the version that counts."""
        desktop = await self._curating.open(visit.actor, visit.request.match_info["code"])
        content = desktop.draft.content if desktop.draft else desktop.content
        return await self._page(visit, Form(desktop=desktop, content=content, draft=draft_of(_profile(content))))

    async def change(self, visit: "Visit") -> "web.Response":
        """What a button of the form does."""
        desktop = await self._curating.open(visit.actor, visit.request.match_info["code"])
        draft, button = read_form(visit.form.items()), visit.field("do")
        press(draft, button)
        profile = profile_of(draft, desktop.code)
        content = FieldContent(
            zh=visit.field("zh"),
            en=visit.field("en"),
            about=visit.field("about"),
            rules=profile.rules if profile else (),
        )
        form = Form(desktop=desktop, content=content, draft=draft)
        if button == "discard":
            await self._curating.discard(visit.actor, desktop.code, revision=visit.number("revision"))
            return visit.go(f"/fields/{desktop.code}/edit", _DISCARDED)
        if button not in {"save", "publish"}:
            return await self._page(visit, form)
        if profile is None:
            return await self._page(visit, Form(desktop=desktop, content=content, draft=draft, status=422))
        try:
            return await self._save(visit, form)
        except InvalidError as error:
            first = error.faults[0].text if error.faults else error.text
            draft.faults |= {"": first, **_in_content(by_field(error), error)}
            shown = await self._curating.open(visit.actor, desktop.code)
            form = Form(desktop=shown, content=content, draft=draft, status=422, is_fresh=shown.draft != desktop.draft)
        except StaleError:
            shown = await self._curating.open(visit.actor, desktop.code)
            form = Form(desktop=shown, content=content, draft=draft, status=412, notice=_STALE, is_fresh=True)
        return await self._page(visit, form)

    async def history(self, visit: "Visit") -> "web.Response":
        """The versions of a field, what each changed, and a button to have one back."""
        code = visit.request.match_info["code"]
        desktop = await self._curating.open(visit.actor, code)
        found = await self._curating.history(visit.actor, code, limit=MOST_VERSIONS)
        versions = [*found.items, await self._curating.version(visit.actor, code, 0)]
        steps = [(new, changes(_profile(old.content), _profile(new.content))) for new, old in pairwise(versions)]
        return visit.page("fields_history.html", desktop=desktop, steps=steps)

    async def restore(self, visit: "Visit") -> "web.Response":
        """Let an earlier version count again."""
        code = visit.request.match_info["code"]
        try:
            await self._curating.restore(
                visit.actor, code, visit.number("number"), why=visit.field("why"), revision=visit.number("revision")
            )
        except (StaleError, InvalidError, ConflictError) as error:
            told = error.faults[0].text if isinstance(error, InvalidError) and error.faults else error.text
            return visit.go(f"/fields/{code}/history", told, Tone.WARN)
        return visit.go(f"/fields/{code}/history", _PUBLISHED)

    async def _save(self, visit: "Visit", form: Form) -> "web.Response":
        code = form.desktop.code
        saved = await self._curating.write(visit.actor, code, form.content, revision=visit.number("revision"))
        if visit.field("do") == "save":
            return visit.go(f"/fields/{code}/edit", _DRAFTED)
        try:
            await self._curating.publish(visit.actor, code, why=visit.field("why"), revision=saved.revision)
        except ConflictError as error:
            return visit.go(f"/fields/{code}/edit", error.text, Tone.WARN)
        return visit.go(f"/fields/{code}", _PUBLISHED)

    async def _page(self, visit: "Visit", form: Form) -> "web.Response":
        desktop, draft, button = form.desktop, form.draft, visit.field("do")
        profile = profile_of(draft, desktop.code)
        is_fresh = form.is_fresh or visit.request.method == "GET"
        return visit.page(
            "fields_edit.html",
            status=form.status,
            desktop=desktop,
            content=form.content,
            faults=draft.faults
            if button in {"save", "publish"}
            else {p: text for p, text in draft.faults.items() if p},
            revision=desktop.revision if is_fresh else visit.number("revision"),
            why=visit.field("why"),
            notice=form.notice,
            differences=changes(_profile(desktop.content), _profile(form.content)) if profile else [],
            remarks=await self._remarks(visit, form) if profile else (),
            **await rule_values(visit, self._looks, draft),
        )

    async def _remarks(self, visit: "Visit", form: Form) -> "tuple[Remark, ...]":
        try:
            return await self._curating.check(visit.actor, form.desktop.code, form.content)
        except RetryLaterError:
            return ()


def _profile(content: FieldContent) -> Profile:
    """Return a field as what the editor can show and compare."""
    return Profile(id="field", name=content.zh, rules=content.rules)


def _in_content(faults: dict[str, Text], error: InvalidError) -> dict[str, Text]:
    """Return the faults of a content by what they are about (``/content/zh`` → ``zh``), with those of the form itself."""
    below = {
        parts[1]: fault.text
        for fault in error.faults
        if len(parts := fault.pointer.strip("/").split("/")) > 1 and parts[0] == "content"
    }
    return {**{name: text for name, text in faults.items() if name != "content"}, **below}

"""``/fields/{code}/edit``: curators change a field, look at what that brings, publish it, and take it back."""

from typing import TYPE_CHECKING

from services.portal.console.editor.changes import FIELDS, FUZZINESS, changes
from services.portal.console.editor.draft import Draft, draft_of, press, profile_of, read_form, written
from services.portal.console.editor.editing import KINDS
from services.portal.console.editor.look import Looks, pattern_of, symbol_of
from services.portal.console.faults import by_field
from services.portal.console.fields import CODE
from services.portal.desk.refusals import InvalidError, StaleError, Text
from shared.errors import RetryLaterError
from shared.filing.field_versions import FieldContent
from shared.wire.profile import Profile

if TYPE_CHECKING:
    from aiohttp import web

    from services.portal.console.frame import Frame
    from services.portal.console.visit import Visit
    from services.portal.desk.curating import Desktop

_DRAFTED = Text("草稿已保存，订阅者还看不到。", "The draft is saved; subscribers do not see it yet.")
_PUBLISHED = Text("新版本已发布，从现在起按它匹配。", "The new version is published and counts from now on.")
_DISCARDED = Text("草稿已丢弃。", "The draft is thrown away.")
_STALE = Text(
    "您编辑期间，别人改过这个领域。您写的还在下面，没有保存；请对照现行版本后再保存。",
    "Somebody else changed this field meanwhile. What you wrote is still below, not saved; compare it, then save again.",
)


def curating_routes(frame: "Frame") -> "list[web.RouteDef]":
    """Return the pages of curators."""
    curating, looks = frame.desk.curating, Looks(frame.around)

    async def edit(visit: "Visit") -> "web.Response":
        """The form of a field: its draft, else the version that counts."""
        desktop = await curating.open(visit.actor, visit.request.match_info["code"])
        content = desktop.draft.content if desktop.draft else desktop.content
        return await shown(visit, desktop, content, draft_of(_profile(content)))

    async def change(visit: "Visit") -> "web.Response":
        """What a button of the form does."""
        actor, code = visit.actor, visit.request.match_info["code"]
        desktop = await curating.open(actor, code)
        draft = read_form(visit.form.items())
        press(draft, visit.field("do"))
        profile = profile_of(draft, code)
        content = FieldContent(
            zh=visit.field("zh"), en=visit.field("en"), about=visit.field("about"), rules=profile.rules if profile else ()
        )
        do = visit.field("do")
        try:
            if do == "discard":
                await curating.discard(actor, code, revision=_revision(visit))
                return visit.go(f"/fields/{code}/edit", _DISCARDED)
            if do not in {"save", "publish"} or profile is None:
                return await shown(visit, desktop, content, draft, status=422 if profile is None and do == "save" else 200)
            saved = await curating.write(actor, code, content, revision=_revision(visit))
            if do == "save":
                return visit.go(f"/fields/{code}/edit", _DRAFTED)
            desktop = saved
            await curating.publish(actor, code, why=visit.field("why"), revision=saved.revision)
        except InvalidError as error:
            draft.faults |= {"": error.faults[0].text if error.faults else error.text} | by_field(error)
            return await shown(visit, desktop, content, draft, status=422, revision=desktop.revision)
        except StaleError:
            return await shown(visit, desktop, content, draft, status=412, notice=_STALE)
        return visit.go(f"/fields/{code}", _PUBLISHED)

    async def history(visit: "Visit") -> "web.Response":
        """The versions of a field, what each changed, and a button to have one back."""
        code = visit.request.match_info["code"]
        desktop = await curating.open(visit.actor, code)
        versions = [
            *(await curating.history(visit.actor, code, limit=100)).items,
            await curating.version(visit.actor, code, 0),
        ]
        steps = [
            (new, changes(_profile(old.content), _profile(new.content)))
            for new, old in zip(versions, versions[1:], strict=False)
        ]
        return visit.page("fields_history.html", desktop=desktop, steps=steps, shipped=versions[-1])

    async def restore(visit: "Visit") -> "web.Response":
        """Let an earlier version count again."""
        code, number = visit.request.match_info["code"], int(visit.request.match_info["number"])
        await curating.restore(visit.actor, code, number, why=visit.field("why"), revision=_revision(visit))
        return visit.go(f"/fields/{code}/history", _PUBLISHED)

    async def shown(
        visit: "Visit",
        desktop: "Desktop",
        content: FieldContent,
        draft: Draft,
        *,
        status: int = 200,
        notice: Text | None = None,
        revision: int | None = None,
    ) -> "web.Response":
        """Return the form with this content."""
        do, _, rest = visit.field("do").partition(":")
        rule, _, at = rest.partition(":")
        opened = None
        if do == "find":
            opened = await looks.places(visit.field(f"find:{rule}"))
        elif do == "open":
            opened = await looks.below(symbol_of(at))
        profile = profile_of(draft, desktop.code)
        try:
            remarks = await curating.check(visit.actor, desktop.code, content) if profile else ()
        except RetryLaterError:
            remarks = ()
        keeps_its_revision = visit.request.method == "POST" and revision is None and notice is None
        return visit.page(
            "fields_edit.html",
            status=status,
            desktop=desktop,
            content=content,
            draft=draft,
            faults=draft.faults if visit.field("do") else {},
            revision=visit.field("revision") if keeps_its_revision else revision or desktop.revision,
            why=visit.field("why"),
            notice=notice,
            differences=changes(_profile(desktop.content), _profile(content)) if profile else [],
            remarks=remarks,
            live=await looks.live(draft),
            proposals=await looks.proposals(draft),
            opened={rule: opened} if opened is not None else {},
            opened_rules=[int(rule)] if opened is not None and rule.isdecimal() else [],
            open_at=at if do == "open" else None,
            pattern_of=pattern_of,
            kinds=KINDS,
            fields=FIELDS,
            fuzziness_options=[(value.value, visit.say(words)) for value, words in FUZZINESS.items()],
            written=written,
        )

    return [
        frame.get(f"/fields/{CODE}/edit", edit),
        frame.post(f"/fields/{CODE}/edit", change),
        frame.get(f"/fields/{CODE}/history", history),
        frame.post(rf"/fields/{CODE}/history/{{number:\d{{1,8}}}}", restore),
    ]


def _profile(content: FieldContent) -> Profile:
    return Profile(id="field", name=content.zh, rules=content.rules)


def _revision(visit: "Visit") -> int:
    return int(visit.field("revision")) if visit.field("revision").isdecimal() else 0

"""What the editor shows beside the form: counts, examples, proposals, titles of classes, why a publication is left out."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.portal.console.editor.draft import profile_of, text_of
from services.portal.console.editor.words import week_label
from services.portal.desk.advising import advice_of
from services.portal.desk.refusals import Text
from shared.errors import RetryLaterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.portal.console.editor.draft import Draft
    from shared.advice import Advice, Count, IpcPlace, Preview, Suggestion, WhyNot
    from shared.runtime.role import Surroundings
    from shared.wire.profile import Profile

WEEKS, EXAMPLES, PROPOSALS, PLACES = 4, 5, 8, 12
READING = Text(
    "正在准备：已入库的公开还在读取，好了会自动显示数量和例子。",
    "Getting ready: stored publications are still being read; counts and examples will appear by themselves.",
)

_MOST_TITLES = 20_000
"""Of classes, which do not change while a process lives, are remembered."""

_NUMBER = re.compile(r"[A-Z]{2}\d{6,13}[A-Z]\d?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What a draft would bring.

    Attributes:
        stored: among all stored publications, ``None`` where it was not asked or nothing can be said.
        why: nothing can be said.
        is_waiting: something can be said soon; a page asks again by itself.
    """

    stored: "Count | None" = None
    preview: "Preview | None" = None
    why: Text | None = None
    is_waiting: bool = False

    @property
    def bars(self) -> list[tuple[str, int]]:
        """The preview's weeks, for a chart."""
        return [(week_label(week.monday), week.matches) for week in self.preview.weeks] if self.preview else []


NOT_YET = Live(why=READING, is_waiting=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """What could be added.

    Attributes:
        words: by the place of the group they belong to.
        titles: of the classes that the draft names, by pattern.
    """

    words: "dict[str, tuple[Suggestion, ...]]" = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)


class Looks:
    """Asks the past on behalf of the editor; what is not known yet is told, never an error."""

    def __init__(self, around: "Surroundings") -> None:
        self._around = around
        self._titles: dict[str, str] = {}

    @property
    def _advice(self) -> "Advice":
        return advice_of(self._around)

    async def count(self, draft: "Draft") -> Live:
        """Count quickly among all that is stored, for showing while somebody types."""
        profile = profile_of(draft)
        if profile is None:
            return Live(why=next(iter(draft.faults.values())))
        try:
            return Live(stored=await self._advice.count(profile))
        except RetryLaterError:
            return NOT_YET

    async def live(self, draft: "Draft") -> Live:
        """Return what the last weeks would have brought, with examples."""
        profile = profile_of(draft)
        if profile is None:
            return Live(why=next(iter(draft.faults.values())))
        try:
            return Live(preview=await self._advice.preview(profile, weeks=WEEKS, examples=EXAMPLES))
        except RetryLaterError:
            return NOT_YET

    async def proposals(self, draft: "Draft") -> Proposals:
        """Return words to add to each group, and what the named classes are about."""
        places = [
            (f"{rule}.groups.{n}", [text_of(item) for item in group])
            for rule in range(draft.rules)
            for n, group in enumerate(draft.groups(rule))
        ]
        try:
            found = await asyncio.gather(*(self._advice.suggest(words, limit=PROPOSALS) for _, words in places))
        except RetryLaterError:
            return Proposals()
        taken = set(draft.words)
        return Proposals(
            words={
                place: tuple(one for one in words if one.count and one.text not in taken)
                for (place, _), words in zip(places, found, strict=True)
            },
            titles=await self.titles(draft.patterns),
        )

    async def titles(self, patterns: "Iterable[str]") -> dict[str, str]:
        """Return what classes are about, by pattern; one that nobody knows is left out."""
        if len(self._titles) > _MOST_TITLES:
            self._titles.clear()
        asked = dict.fromkeys(patterns)
        unknown = [pattern for pattern in asked if pattern not in self._titles]
        found = await asyncio.gather(*(self.below(symbol_of(pattern)) for pattern in unknown))
        self._titles |= {pattern: places[0].title for pattern, places in zip(unknown, found, strict=True) if places}
        return {pattern: self._titles[pattern] for pattern in asked if pattern in self._titles}

    async def places(self, text: str) -> "tuple[IpcPlace, ...]":
        """Return classes whose symbol begins so or whose title holds these words."""
        try:
            return await self._advice.ipc_titles(text, limit=PLACES) if text else ()
        except RetryLaterError:
            return ()

    async def below(self, symbol: str) -> "tuple[IpcPlace, ...]":
        """Return a class and those directly under it (``""``: the sections)."""
        try:
            return await self._advice.ipc(symbol)
        except RetryLaterError:
            return ()

    async def why_not(self, profile: "Profile", number: str) -> "WhyNot | Text":
        """Hold a draft against one publication; a sentence when that is not known."""
        tidy = number.replace(" ", "").replace(".", "").upper()
        if not _NUMBER.fullmatch(tidy):
            return Text(
                f"“{number}”不像公开号。请写完整，例如 CN110083831A。",
                f"“{number}” is no publication number; write it whole, such as CN110083831A.",
            )
        try:
            found = await self._advice.why_not(profile, tidy)
        except RetryLaterError:
            return READING
        return found or Text(f"还没有收到过 {tidy}。", f"{tidy} never came in here.")


def symbol_of(pattern: str) -> str:
    """Return the place that an IPC pattern names (``H01M10*`` → ``H01M10``)."""
    return pattern.removesuffix("*")


def pattern_of(symbol: str) -> str:
    """Return the pattern of a place with all below it (``H01M10/00`` → ``H01M10*``)."""
    return symbol.removesuffix("/00") + "*"

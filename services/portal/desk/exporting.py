"""The inbox as a file: what a filter brings, for a spreadsheet or a reference manager."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from services.portal.desk.actor import Permission
from services.portal.desk.inbox_files import Line, as_csv, as_ris, as_xlsx

if TYPE_CHECKING:
    from services.portal.desk.actor import Actor
    from services.portal.desk.audit import Audit
    from services.portal.desk.inbox import Inbox, Wanted
    from services.portal.desk.people import People
    from shared.runtime.role import Surroundings
    from shared.store.filed import Position


MOST_ITEMS = 5_000
_PAGE = 500


class Format(StrEnum):
    """The kinds of files."""

    XLSX = "xlsx"
    CSV = "csv"
    RIS = "ris"


MEDIA_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
    Format.RIS: "application/x-research-info-systems",
}
_WRITERS = {Format.XLSX: as_xlsx, Format.CSV: as_csv, Format.RIS: as_ris}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """A file.

    Attributes:
        name: ASCII, so that every browser and mail program keeps it.
        items: publications in it.
        is_whole: whether there are no more that fit; an export has at most `MOST_ITEMS`.
    """

    name: str
    media_type: str
    content: bytes
    items: int
    is_whole: bool


class Exporting:
    """Writes files."""

    def __init__(self, around: "Surroundings", audit: "Audit", inbox: "Inbox", people: "People") -> None:
        self._around = around
        self._audit = audit
        self._inbox = inbox
        self._people = people

    async def file(self, actor: "Actor", wanted: "Wanted", form: Format) -> ExportFile:
        """Return what a filter brings, the newest first.

        Raises:
            MissingError: a subscription or profile is asked for that the organisation has not.
        """
        actor.need(Permission.EXPORT)
        lines, is_whole = await self._lines(actor, wanted)
        now, zone = self._around.clock.now(), self._around.settings.zone
        content = await asyncio.to_thread(_WRITERS[form], lines, now)
        await self._audit.record(actor, "inbox.exported", "", format=form.value, items=str(len(lines)))
        name = f"zhitui-{now.astimezone(zone):%Y%m%d-%H%M}.{form.value}"
        return ExportFile(name=name, media_type=MEDIA_TYPES[form], content=content, items=len(lines), is_whole=is_whole)

    async def _lines(self, actor: "Actor", wanted: "Wanted") -> tuple[list[Line], bool]:
        names = await self._people.names(actor)
        lines: list[Line] = []
        after: Position | None = None
        while len(lines) < MOST_ITEMS:
            page = await self._inbox.page(actor, wanted, after=after, limit=min(_PAGE, MOST_ITEMS - len(lines)))
            lines += [Line.of(row, names, self._around.settings.zone) for row in page.items]
            after = page.after
            if after is None:
                return lines, True
        return lines, False

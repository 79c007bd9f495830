"""Endpoints of exports."""

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.files import FileAnswer
from services.portal.api.inbox_filter import Filter
from services.portal.desk.actor import Permission
from services.portal.desk.exporting import MEDIA_TYPES, Format


class WhichExport(Filter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which matches, as which kind of file."""

    format: Format = Format.XLSX


@endpoint("GET", "/exports/matches", needs=Permission.EXPORT, media_types=tuple(MEDIA_TYPES.values()))
async def export_matches(ask: Ask, query: WhichExport) -> FileAnswer:
    """Return matches as a workbook, CSV or RIS, the newest first, at most 5,000.

    `Zhitui-Complete: ?0` says that there are more.
    """
    file = await ask.desk.exporting.file(ask.actor, query.wanted(), query.format)
    return FileAnswer(name=file.name, media_type=file.media_type, content=file.content, is_whole=file.is_whole)

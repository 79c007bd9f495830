"""One row of a table of legal events; which columns hold what is in `COLUMNS`."""

from typing import TYPE_CHECKING

from services.ingest.formats.legal_events import OTHER, detail, event_of_name, passed
from services.ingest.normalise.record import RawRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COLUMNS: "Mapping[str, tuple[str, ...]]" = {
    "publication_number": ("公开号", "公告号", "公开(公告)号", "授权公告号", "publication_number"),
    "application_number": ("申请号", "专利号", "申请(专利)号", "application_number"),
    "title": ("名称", "发明名称", "专利名称", "标题", "title"),
    "ipc": ("ipc", "ipc分类号", "分类号", "主分类号", "ipc主分类"),
    "event": ("事件", "法律事件", "法律状态", "法律状态/事件", "事务类型", "公告类型", "event"),
    "event_on": (
        "生效日",
        "生效日期",
        "登记生效日",
        "变更生效日期",
        "备案日",
        "备案日期",
        "解除日",
        "终止日",
        "event_on",
    ),
    "announced_on": ("公告日", "公告日期", "法律状态公告日", "事务公告日", "announced_on"),
    "transferor": ("转让人", "变更前权利人", "变更前专利权人", "transferor"),
    "transferee": ("受让人", "变更后权利人", "变更后专利权人", "transferee"),
    "licensor": ("许可人", "让与人", "licensor"),
    "licensee": ("被许可人", "licensee"),
    "pledgor": ("出质人", "pledgor"),
    "pledgee": ("质权人", "pledgee"),
    "licence_kind": ("许可种类", "许可类型", "licence_kind"),
    "register_number": ("登记号", "质押登记号", "备案号", "合同备案号", "register_number"),
    "remark": ("备注", "说明", "法律状态信息", "remark"),
}
"""What a column holds, by its names: full-width parentheses count as plain ones, capitals as small letters."""

_BY_NAME = {name: what for what, names in COLUMNS.items() for name in names}
_NUMBERS = frozenset({"publication_number", "application_number"})
_DATES = frozenset({"event_on", "announced_on"})
_PARTIES = (("pledgor", "pledgee"), ("licensor", "licensee"), ("transferor", "transferee"))
_SAID_BY_PARTIES = {
    "pledgor": ("pledge", "专利权质押合同登记的生效"),
    "licensor": ("licence", "专利实施许可合同备案的生效"),
    "transferor": ("transfer", "专利权的转移"),
}
_OF_PUBLICATIONS = "摘要"
_PLAIN = str.maketrans("（）／", "()/")


def columns_of(header: "Iterable[str]") -> dict[str, int]:
    """Return what is held in which column, from 0; of two columns for one thing the first."""
    found: dict[str, int] = {}
    for index, name in enumerate(header):
        what = _BY_NAME.get(name.strip().translate(_PLAIN).lower())
        if what is not None:
            found.setdefault(what, index)
    return found


def is_header(header: "Sequence[str]") -> bool:
    """Whether these are the columns of a table of legal events: a number, and an event with its day or its parties.

    Exports of publications tell of events, too; their abstracts give them away.
    """
    columns = columns_of(header)
    parties = any(before in columns and after in columns for before, after in _PARTIES)
    event = "event" in columns and (parties or not _DATES.isdisjoint(columns))
    return not _NUMBERS.isdisjoint(columns) and (event or parties) and _OF_PUBLICATIONS not in header


def raw_record(cells: "Mapping[str, str]", source: str) -> RawRecord:
    """Return the event of a row.

    Args:
        cells: by what they hold, absent ones left out.
        source: the format's name.
    """
    event, name, parties = _happened(cells)
    facts = [parties]
    if kind := cells.get("licence_kind", "").strip():
        facts.append(f"许可种类 {kind}")
    if number := cells.get("register_number", "").strip():
        facts.append(f"登记号 {number}")
    if remark := cells.get("remark", "").strip():
        facts.append(remark)
    if announced := cells.get("announced_on", "").strip():
        facts.append(f"{announced} 公告")
    return RawRecord(
        source=source,
        publication_number=cells.get("publication_number", ""),
        title=cells.get("title", ""),
        application_number=cells.get("application_number", ""),
        ipc=(cells.get("ipc", ""),),
        event=event,
        event_on=cells.get("event_on", "").strip() or announced,
        event_detail=detail(name, facts),
    )


def _happened(cells: "Mapping[str, str]") -> tuple[str, str, str]:
    """Return (event, its name, who passed it to whom); where no event is named, the parties say which it is."""
    name = cells.get("event", "").strip()
    for before, after in _PARTIES:
        gave, got = cells.get(before, "").strip(), cells.get(after, "").strip()
        # The gazette calls the licensee of a licence 受让人, as it calls who takes over a patent.
        got = got or (cells.get("transferee", "").strip() if gave else "")
        if gave or got:
            event, usual = _SAID_BY_PARTIES[before]
            return (event_of_name(name) if name else event), name or usual, passed(gave, got)
    return (event_of_name(name) if name else OTHER), name or "未说明的法律事件", ""

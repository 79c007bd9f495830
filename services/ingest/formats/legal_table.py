"""Tables of legal events, as notices of transfers, licences and pledges are exported (docs/sources.md, "Legal events table")."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.ingest.formats.legal_events import OTHER, detail, event_of_code, event_of_name, passed
from services.ingest.formats.tables.layout import Layout, column_name
from services.ingest.normalise.dates import parse_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from services.ingest.formats.tables.layout import Bound, Texts

NAME = "legal-table"

_FACTS = {
    "event": ("事件", "法律事件", "法律状态", "法律状态/事件", "事务类型", "公告类型", "event"),
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
"""What becomes the event and its sentence of facts; the other columns are fields of a record as they are."""

_FIELDS = {
    "publication_number": ("公开号", "公告号", "公开(公告)号", "授权公告号", "publication_number"),
    "application_number": ("申请号", "专利号", "申请(专利)号", "application_number"),
    "title": ("名称", "发明名称", "专利名称", "标题", "title"),
    "ipc": ("IPC", "IPC分类号", "分类号", "主分类号", "IPC主分类"),
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
}
_PARTIES = (("pledgor", "pledgee"), ("licensor", "licensee"), ("transferor", "transferee"))
_SAID_BY_PARTIES = {
    "pledgor": ("pledge", "专利权质押合同登记的生效"),
    "licensor": ("licence", "专利实施许可合同备案的生效"),
    "transferor": ("transfer", "专利权的转移"),
}
_OF_PUBLICATIONS = ("摘要", "abstract")
"""Exports of publications tell of events, too; their abstracts give them away."""


def _finish(cells: "Texts") -> "Iterable[Texts]":
    """Turn the cells of a row into the texts of one legal event."""
    event, name, parties = _happened(cells)
    kind, number, announced = (cells.get(one, "") for one in ("licence_kind", "register_number", "announced_on"))
    facts = [
        parties,
        kind and f"许可种类 {kind}",
        number and f"登记号 {number}",
        cells.get("remark", ""),
        announced and f"{parse_date(announced) or announced} 公告",
    ]
    texts = {field: cells[field] for field in _FIELDS if field in cells}
    yield texts | {
        "event": event,
        "event_said": cells.get("event", "").strip(),
        "event_on": cells.get("event_on", "") or announced,
        "event_detail": detail(name, facts),
    }


def _happened(cells: "Texts") -> tuple[str, str, str]:
    """Return (event, its name, who passed it to whom); where no event is named, the parties say which it is."""
    name = cells.get("event", "").strip()
    if known := event_of_code("CN", name):
        name = known.name
    for before, after in _PARTIES:
        gave, got = cells.get(before, "").strip(), cells.get(after, "").strip()
        # The gazette calls the licensee of a licence 受让人, as it calls who takes over a patent.
        got = got or (cells.get("transferee", "").strip() if gave else "")
        if gave or got:
            event, usual = _SAID_BY_PARTIES[before]
            return event_of_name(name) if name else event, name or usual, passed(gave, got)
    return event_of_name(name) if name else OTHER, name or "未说明的法律事件", ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Events(Layout):
    """A table of legal events has a number of the patent, and an event with its day, or two parties."""

    def bind(self, header: "Sequence[str]") -> "Bound | None":
        """Return how rows under this header are read; ``None`` when it is of something else."""
        names = {column_name(name) for name in header}
        has = {what for what, known in self.columns.items() if not names.isdisjoint(map(column_name, known))}
        parties = any(before in has and not has.isdisjoint({after, "transferee"}) for before, after in _PARTIES)
        event = "event" in has and (parties or not has.isdisjoint({"event_on", "announced_on"}))
        numbered = not has.isdisjoint({"publication_number", "application_number"})
        if not numbered or not (event or parties) or not names.isdisjoint(_OF_PUBLICATIONS):
            return None
        return Layout.bind(self, header)


LAYOUT = _Events(
    name=NAME,
    columns={**_FIELDS, **_FACTS},
    # A notice may say the application number alone, and need not say the title: ingest knows both once it has the patent.
    constants={"publication_number": "", "title": ""},
    finish=_finish,
)

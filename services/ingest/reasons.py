"""Why something was refused: codes, short and stable, in classes (docs/sources.md, "Quarantine")."""

from enum import StrEnum

from shared.errors import InvalidInputError


class ReasonClass(StrEnum):
    """What kind of thing is wrong, so what kind of person mends it.

    ``OTHER``: a code of another version.
    """

    SOURCE = "source"
    FILE = "file"
    ARCHIVE = "archive"
    TABLE = "table"
    ROW = "row"
    STRUCTURE = "structure"
    VALUE = "value"
    DISK = "disk"
    OTHER = "other"


TITLES = {
    ReasonClass.SOURCE: "来源",
    ReasonClass.FILE: "文件",
    ReasonClass.ARCHIVE: "压缩包",
    ReasonClass.TABLE: "表头",
    ReasonClass.ROW: "行",
    ReasonClass.STRUCTURE: "结构",
    ReasonClass.VALUE: "值",
    ReasonClass.DISK: "磁盘",
    ReasonClass.OTHER: "其他",
}
"""How people call the classes."""

CODES = {
    ReasonClass.SOURCE: ("html", "ops-fault", "ops-not-found", "no-bibliography", "deleted-record"),
    ReasonClass.FILE: (
        *("empty", "no-records", "too-large", "unrecognised", "utf-16"),
        *("pdf", "xlsx", "rar"),
    ),
    ReasonClass.ARCHIVE: (
        "torn-zip",
        "torn-archive",
        "encrypted-zip",
        "encrypted-archive",
        "zip-bomb",
        "zip-depth",
        "missing-entry",
        "index-alone",
        "zip-volume",
        "missing-volume",
    ),
    ReasonClass.TABLE: (
        *("missing-column", "duplicate-column", "unknown-table"),
        *("torn-workbook", "encrypted-workbook", "bad-html"),
    ),
    ReasonClass.ROW: ("bad-encoding", "nul-bytes", "unclosed-quote", "line-too-long", "wrong-cell-count", "bad-cells"),
    ReasonClass.STRUCTURE: (
        "bad-xml",
        "xml-entities",
        "wrong-root",
        "several-roots",
        "bad-json",
        "bad-shape",
        "json-array",
    ),
    ReasonClass.VALUE: (
        "unknown-publication",
        *("no-number", "bad-number", "kind-mismatch", "bad-title", "bad-date", "text-too-long"),
        "no-application-number",
    ),
    ReasonClass.DISK: ("unreadable",),
}
"""Every code that is given today; the documentation's table is held to this."""

_CLASSES = {code: kind for kind, codes in CODES.items() for code in codes}


def class_of(code: str) -> ReasonClass:
    """Return the class of a code."""
    return _CLASSES.get(code, ReasonClass.OTHER)


def codes_of(name: str) -> tuple[str, ...]:
    """Return the codes of the class of this name.

    Raises:
        InvalidInputError: there is no such class.
    """
    known = {kind.value: codes for kind, codes in CODES.items()}
    if name not in known:
        shown = "、".join(f"{kind.value}（{TITLES[kind]}）" for kind in CODES)
        raise InvalidInputError(f"没有原因类别 {name}；可以用的有：{shown}。")
    return known[name]

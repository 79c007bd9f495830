"""What was met in an input beside its records: files that belong to others, and which names were there at all."""

import re
from collections import Counter
from dataclasses import dataclass, field

_MAGIC = (
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"\x00\x00\x00\x0cjP  ", "image"),
    (b"\x97JB2", "image"),
    (b"%PDF", "pdf"),
)
_BITMAP = re.compile(rb"BM.{4}\x00{4}", re.DOTALL)
_WEBP = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)
_SCHEMA = re.compile(r"\.(?:dtd|xsd|ent|mod|xsl|xslt|css)$", re.IGNORECASE)
_CHECKSUM = re.compile(r"\.(?:md5|sha1|sha256)$", re.IGNORECASE)
_SYSTEM = re.compile(r"(?:^|/)(?:__MACOSX/|\.[^/]*$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)

_CALLED = {
    "image": "图片",
    "pdf": "PDF",
    "schema": "DTD 等模式文件",
    "checksum": "校验和",
    "system": "系统文件",
    "link": "链接或设备",
    "index": "索引",
}


def companion(head: bytes, name: str) -> str | None:
    """Return what a file beside the data is, ``None`` for data.

    Args:
        head: its first bytes (sixteen are enough).
        name: as in the archive or folder.
    """
    if _SYSTEM.search(name):
        return "system"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if _BITMAP.match(head) or _WEBP.match(head):
        return "image"
    if _SCHEMA.search(name):
        return "schema"
    return "checksum" if _CHECKSUM.search(name) else None


@dataclass(slots=True)
class Inventory:
    """What one input holds.

    Attributes:
        left_out: how many files of each kind are no data (`shown` tells which kinds there are).
        names: last parts of the names of all files in archives, upper case; an index is held to them.
    """

    left_out: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)

    def meet(self, name: str) -> None:
        """Remember that a file of this name is there."""
        self.names.add(base_name(name))


def shown(left_out: Counter[str]) -> str:
    """Return what was left out, for people."""
    return "、".join(f"{_CALLED[kind]} {count} 个" for kind, count in left_out.items())


def base_name(name: str) -> str:
    """Return the last part of a name, upper case: indexes and archives write paths and cases as they like."""
    return name.rpartition("/")[2].upper()

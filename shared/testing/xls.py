"""A small xls file, as old programs write it: BIFF8 records ([MS-XLS]) in the one stream of a compound file ([MS-CFB]) of 512-byte sectors."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SMALLEST_STREAM = 4096
"""A shorter stream would have to lie in the "mini" stream."""


def write_xls(path: Path, sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> Path:
    """Write a workbook of these rows; see `made_xls`."""
    path.write_bytes(made_xls(sheets))
    return path


def made_xls(sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> bytes:
    """Return a workbook of these rows; a text is a LABEL, a number a NUMBER, ``""`` no cell."""
    return _compound(_workbook(sheets))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))


def _workbook(sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> bytes:
    bodies = [_bof(0x10) + b"".join(_cells(rows)) + _record(0x0A, b"") for rows in sheets.values()]
    codepage = _record(0x42, struct.pack("<H", 1200))
    names = [name.encode("utf-16-le") for name in sheets]
    at = len(_bof(5)) + len(codepage) + sum(4 + 8 + len(name) for name in names) + 4
    bound = b""
    for name, body in zip(names, bodies, strict=True):
        bound += _record(0x85, struct.pack("<IBBBB", at, 0, 0, len(name) // 2, 1) + name)
        at += len(body)
    return _bof(5) + codepage + bound + _record(0x0A, b"") + b"".join(bodies)


def _cells(rows: Sequence[Sequence[str | float]]) -> list[bytes]:
    cells = []
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", line, column, 0)
            if isinstance(value, str) and value:
                text = value.encode("utf-16-le")
                cells.append(_record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text))
            elif not isinstance(value, str):
                cells.append(_record(0x0203, place + struct.pack("<d", value)))
    return cells


def _compound(stream: bytes) -> bytes:
    stream = stream.ljust(_SMALLEST_STREAM, b"\0")
    sectors = -(-len(stream) // _SECTOR)
    tables = 1
    while tables * (_SECTOR // 4) < sectors + tables + 1:
        tables += 1
    fat = [*range(1, sectors), _END, _END, *[_FAT] * tables]
    fat += [_FREE] * (tables * (_SECTOR // 4) - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, tables, sectors, 0, 4096, _END, 0, _END, 0
    )
    header += struct.pack("<109I", *[sectors + 1 + at for at in range(tables)], *[_FREE] * (109 - tables))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 0, len(stream)) + bytes(256)
    return header + stream.ljust(sectors * _SECTOR, b"\0") + directory + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded) + 2, kind, 1, _FREE, _FREE, child)
    return entry + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)

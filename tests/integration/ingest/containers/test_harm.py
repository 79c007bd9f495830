"""No archive reaches beyond the spool folder, swells, or keeps anybody busy."""

import errno
import os
import random
import stat
import struct
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from pathlib import Path

import pytest

from services.ingest.containers import limits
from shared.errors import StorageFullError
from tests.integration.ingest.containers.archives import (
    DIRECTORY,
    PACKERS,
    WRITERS,
    full_text,
    number,
    read,
    renamed,
    sevenzipped,
    tarred,
    zipped,
)

NAMES = (
    "../../climbs.xml",
    "/absolute.xml",
    "C:\\windows\\evil.xml",
    "..\\..\\climbs.xml",
    "CON",
    "nul.xml",
    "a.xml",
    "A.XML",
    unicodedata.normalize("NFC", "é.xml"),
    unicodedata.normalize("NFD", "é.xml"),
    "twice.xml",
    "twice.xml",
    "trailing. ",
    "long" * 60 + ".xml",
)


@pytest.mark.parametrize("kind", ["zip", "streamed zip", "tar", "tar.gz"])
def test_every_name_is_only_a_name(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    entries = [(name, full_text(n)) for n, name in enumerate(NAMES, 10)]
    before = files_below(tmp_path)
    found, rejected = read(WRITERS[kind](entries), inside)
    assert rejected == []
    assert list(found.values()) == [number(n) for n in range(10, 10 + len(NAMES))]
    assert len(found) == len(NAMES)
    assert files_below(tmp_path) - before == {inside / "input"}


def test_names_of_a_7z_are_only_names(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    for name in ("../../climbs.xml", "/tmp/absolute.xml"):
        harmless = "x" * len(name)
        content = renamed(sevenzipped([(harmless, full_text(10)), ("b.xml", full_text(11))]), harmless, name)
        before = files_below(tmp_path) - {inside / "input"}
        assert read(content, inside) == ({name.lstrip("/"): number(10), "b.xml": number(11)}, [])
        assert files_below(tmp_path) - before == {inside / "input"}


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_links_and_devices_are_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(full_text(9))
    links = [(f"{kind!r}.xml", kind, str(secret)) for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE)]
    devices = [(f"{kind!r}.xml", kind, "") for kind in (tarfile.CHRTYPE, tarfile.FIFOTYPE)]
    assert read(tarred([("1.XML", full_text(1))], *links, *devices), tmp_path) == ({"1.XML": number(1)}, [])

    link = zipfile.ZipInfo("link.xml")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "linked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.XML", full_text(1))
        archive.writestr(link, os.fsencode(secret))
    assert read(path, tmp_path) == ({"1.XML": number(1)}, [])


ZEROS = bytes(20_000_000)


def lying(content: bytes, size: int) -> bytes:
    """Let the first entry declare another size, before it and in the directory."""
    changed = bytearray(content)
    struct.pack_into("<I", changed, 22, size)
    struct.pack_into("<I", changed, changed.index(DIRECTORY) + 24, size)
    return bytes(changed)


BOMBS = {
    "zip": zipped([("a.csv", ZEROS)]),
    "zip without a directory": zipped([("a.csv", ZEROS)])[:-100],
    "tar.gz": WRITERS["tar.gz"]([("a.csv", ZEROS)]),
    "tar.xz": WRITERS["tar.xz"]([("a.csv", ZEROS)]),
    "7z": sevenzipped([("a.csv", ZEROS)]),
    **{packer: pack(ZEROS) for packer, pack in PACKERS.items()},
}


@pytest.mark.parametrize("kind", list(BOMBS))
def test_a_bomb_is_refused_before_it_goes_off(kind: str, tmp_path: Path) -> None:
    found, rejected = read(BOMBS[kind], tmp_path)
    assert found == {}
    assert rejected[0].reason_code == "zip-bomb"


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "7z"])
def test_a_bomb_in_an_archive_leaves_what_is_beside_it(kind: str, tmp_path: Path) -> None:
    content = zipped([("bomb", BOMBS[kind]), ("1.XML", full_text(1))])
    found, (rejected,) = read(content, tmp_path)
    assert found == {"1.XML": number(1)}
    assert (rejected.reason_code, rejected.location) == ("zip-bomb", "bomb")


def test_a_size_that_is_declared_too_small_or_too_large_proves_nothing(tmp_path: Path) -> None:
    for size in (10, 2**31):
        content = lying(zipped([("a.xml", full_text(1)), ("b.xml", full_text(2))]), size)
        found, rejected = read(content, tmp_path)
        assert [one.reason_code for one in rejected] in (["torn-zip"], ["zip-bomb"])
        assert set(found) <= {"b.xml"}


def test_many_entries_that_share_one_content_are_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RATIO_FROM_BYTES", 100_000)
    content = zipped([("a.csv", bytes(90_000))])
    head, entry = content.partition(DIRECTORY)[0], content[content.index(DIRECTORY) : -22]
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 500, 500, len(entry) * 500, len(head), 0)
    _, rejected = read(head + entry * 500 + end, tmp_path)
    assert rejected[-1].reason_code == "zip-bomb"


@pytest.mark.parametrize("limit", ["MAX_ENTRIES", "MAX_TOTAL_BYTES"])
def test_the_limits_of_an_input_hold_over_all_its_archives(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, limit, 5 if limit == "MAX_ENTRIES" else 6000)
    inner = tarred([(f"{n}.xml", full_text(n)) for n in range(10, 13)])
    _, rejected = read(zipped([(f"{n}.tar", inner) for n in range(9)]), tmp_path)
    assert [(one.reason_code, one.location) for one in rejected] == [("zip-bomb", "")]


@pytest.mark.parametrize("inside", ["an archive", "what no format knows"])
def test_a_spool_folder_without_room_is_no_fault_of_the_archive(
    inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    noise = random.Random(1).randbytes(1_500_000)
    content = zipped([("a.bin", tarred([("noise", noise)]) if inside == "an archive" else noise)])
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    with pytest.raises(StorageFullError):
        read(content, tmp_path)


def test_an_archive_that_holds_itself_ends(tmp_path: Path) -> None:
    content = zipped([("a.xml", full_text(1))])
    for _ in range(20):
        content = zipped([("r/r.zip", content)], zipfile.ZIP_STORED)
    found, (rejected,) = read(content, tmp_path)
    assert (found, rejected.reason_code) == ({}, "zip-depth")


def test_a_tar_with_a_header_of_gigabytes_does_not_swell(tmp_path: Path) -> None:
    block = bytearray(tarred([("x", b"")])[:512])
    block[156:157] = tarfile.XHDTYPE
    block[124:136] = b"77777777777\0"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    _, (rejected,) = read(PACKERS["xz"](bytes(block) + bytes(4_000_000)), tmp_path)
    assert rejected.reason_code == "torn-archive"


def test_a_file_of_nothing_but_headers_keeps_nobody_busy(tmp_path: Path) -> None:
    header = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, 0, 0, 0, 0)
    _, rejected = read(header * 50_000, tmp_path)
    assert rejected[-1].reason_code == "torn-zip"
    _, rejected = read(b"PK\x03\x04" * 50_000, tmp_path)
    assert [one.reason_code for one in rejected] == ["torn-zip", "encrypted-zip"]
    _, rejected = read(zlib.compress(b"x") + b"PK\x05\x06" + bytes(18), tmp_path)
    assert len(rejected) == 1

"""Every kind of archive is read, also as its owners break it."""

import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.integration.ingest.containers.archives import (
    DIRECTORY,
    JPEG,
    PACKERS,
    WRITERS,
    full_text,
    number,
    read,
    sevenzipped,
    split,
    streamed,
    tarred,
    zipped,
)

THREE = [(f"d/{n}.XML", full_text(n)) for n in (1, 2, 3)]
THREE_READ = {f"d/{n}.XML": number(n) for n in (1, 2, 3)}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_of_archive_is_read(kind: str, tmp_path: Path) -> None:
    assert read(WRITERS[kind](THREE), tmp_path) == (THREE_READ, [])


@pytest.mark.parametrize("packer", PACKERS)
def test_a_packed_file_is_read_where_it_lies(packer: str, tmp_path: Path) -> None:
    content = PACKERS[packer](full_text(1)) + (PACKERS[packer](b"") if packer != "zst" else b"")
    assert read(content, tmp_path) == ({"": number(1)}, [])


@pytest.mark.parametrize("kind", WRITERS)
def test_an_archive_in_an_archive_in_an_archive_is_read(kind: str, tmp_path: Path) -> None:
    inner = WRITERS[kind](THREE)
    content = zipped([("a/inner.bin", WRITERS[kind]([("x", inner)]))])
    found, rejected = read(content, tmp_path)
    assert rejected == []
    assert found == {f"a/inner.bin/x/{name}": one for name, one in THREE_READ.items()}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data before it", b"MZ this is a program" * 99 + zipped(THREE)),
        ("a directory of nonsense", zipped(THREE).partition(DIRECTORY)[0] + DIRECTORY + b"\xff" * 99),
        ("an end record cut off", zipped(THREE)[:-22]),
        ("an end record cut off, sizes behind the entries", streamed(THREE)[:-22]),
        ("a comment that is not there", zipped(THREE)[:-2] + b"\xff\xff"),
        ("another number of entries", zipped(THREE)[:-12] + b"\x09\x00" * 2 + zipped(THREE)[-8:]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_zip_whose_entries_are_all_there_is_whole(name: str, content: bytes, tmp_path: Path) -> None:
    assert read(content, tmp_path) == (THREE_READ, []), name


@pytest.mark.parametrize("value", [0, 5, 1 << 20])
@pytest.mark.parametrize("field", ["crc", "packed size", "size"])
@pytest.mark.parametrize("liar", ["directory", "header"])
def test_an_entry_is_whole_when_one_of_its_two_descriptions_is_true(
    liar: str, field: str, value: int, tmp_path: Path
) -> None:
    at = {"crc": 14, "packed size": 18, "size": 22}[field]
    content = bytearray(zipped(THREE))
    struct.pack_into("<I", content, content.index(DIRECTORY) + at + 2 if liar == "directory" else at, value)
    assert read(bytes(content), tmp_path) == (THREE_READ, [])


def with_method(content: bytes, method: int) -> bytes:
    """Let the first entry say that it is packed in another way."""
    changed = bytearray(content)
    struct.pack_into("<H", changed, 8, method)
    struct.pack_into("<H", changed, changed.index(DIRECTORY) + 10, method)
    return bytes(changed)


def test_an_entry_of_a_method_that_nobody_knows_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    found, (rejected,) = read(with_method(zipped(THREE), 98), tmp_path)
    assert list(found) == ["d/2.XML", "d/3.XML"]
    assert (rejected.reason_code, rejected.location) == ("torn-zip", "")
    assert "d/1.XML" in rejected.reason


def test_deflate64_is_read(tmp_path: Path) -> None:
    # Stored blocks are the same in both; 5 bytes of header before the text of a block.
    text = full_text(1)
    block = b"\x01" + struct.pack("<HH", len(text), len(text) ^ 0xFFFF) + text
    stored = zipped([("1.XML", block)], zipfile.ZIP_STORED)
    content = bytearray(with_method(stored, 9))
    crc = struct.pack("<I", zlib.crc32(text))
    for at, field in ((14, crc), (22, struct.pack("<I", len(text)))):
        content[at : at + 4] = field
        start = content.index(DIRECTORY) + at + 2
        content[start : start + 4] = field
    assert read(bytes(content), tmp_path) == ({"1.XML": number(1)}, [])


@pytest.mark.parametrize("directory", ["kept", "lost"])
@pytest.mark.parametrize("kind", ["zip", "streamed zip"])
def test_a_spoilt_entry_takes_no_other_with_it(kind: str, directory: str, tmp_path: Path) -> None:
    content = bytearray(WRITERS[kind](THREE))
    at = content.index(b"PK\x03\x04", 4) + 60
    content[at : at + 20] = b"\xff" * 20
    if directory == "lost":
        content = content[: content.index(DIRECTORY)]
    found, (rejected,) = read(bytes(content), tmp_path)
    assert list(found) == ["d/1.XML", "d/3.XML"]
    assert (rejected.reason_code, rejected.kind) == ("torn-zip", "file")


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "tar.xz", "7z", "zip"])
def test_of_a_torn_archive_what_is_whole_is_read_and_the_rest_is_told(kind: str, tmp_path: Path) -> None:
    content = WRITERS[kind]([*THREE, ("long.XML", bytes(range(256)) * 4000)])
    _, rejected = read(content[: len(content) // 2], tmp_path)
    assert [one.reason_code for one in rejected if not one.location] == [
        "torn-zip" if kind == "zip" else "torn-archive"
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_that_do_not_tell_their_encoding_are_chinese(encoding: str, tmp_path: Path) -> None:
    name = "公报".encode(encoding)
    content = zipped([("x" * len(name) + ".xml", full_text(1))]).replace(b"x" * len(name), name)
    assert read(content, tmp_path) == ({"公报.xml": number(1)}, [])
    cut = content[: content.index(DIRECTORY)] + DIRECTORY
    assert read(cut, tmp_path) == ({"公报.xml": number(1)}, [])


def test_members_that_need_a_password_are_told(tmp_path: Path) -> None:
    found, (rejected,) = read(sevenzipped(THREE, password="geheim"), tmp_path)
    assert (found, rejected.reason_code) == ({}, "encrypted-archive")


def test_images_and_schemas_are_left_out_and_an_archive_of_nothing_else_is_refused_whole(tmp_path: Path) -> None:
    beside = [("1.JPG", JPEG), ("x.dtd", b"<!ELEMENT a ANY>"), ("__MACOSX/._a.XML", b"\0\5\x16\7"), ("Thumbs.db", b"x")]
    assert read(zipped([*THREE, *beside]), tmp_path) == (THREE_READ, [])
    content = tarred(beside)
    found, (rejected,) = read(content, tmp_path)
    assert (found, rejected.reason_code) == ({}, "empty")
    assert "图片 1 个" in rejected.reason
    assert isinstance(rejected.raw, Path)
    assert rejected.raw.read_bytes() == content


def test_a_zip_in_volumes_is_read_from_its_last_one(tmp_path: Path) -> None:
    content = zipped([("1.ZIP", zipped(THREE)), ("a.jpg", JPEG), ("2.ZIP", zipped([("4.XML", full_text(4))]))])
    day = tmp_path / "day"
    day.mkdir()
    volumes = split(content, day, 4)
    everything = {**{f"1.ZIP/{name}": one for name, one in THREE_READ.items()}, "2.ZIP/4.XML": number(4)}
    assert read(volumes[-1], tmp_path) == (everything, [])
    assert read(day, tmp_path) == ({f"day.zip/{name}": one for name, one in everything.items()}, [])

    _, (alone,) = read(volumes[0], tmp_path)
    assert alone.reason_code == "zip-volume"
    volumes[1].unlink()
    found, (rejected,) = read(volumes[-1], tmp_path)
    assert (found, rejected.reason_code) == ({}, "missing-volume")
    assert "day.z02" in rejected.reason

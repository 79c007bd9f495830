"""Quarantined contents taken out many at a time: a folder or a zip, with a manifest that says what each of them is."""

import asyncio
import re
import shutil
import zipfile
from abc import ABC, abstractmethod
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import msgspec

from shared.errors import MisconfiguredError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from shared.store.intake import Quarantine
    from shared.store.quarantined import QuarantineItem

MANIFEST = "manifest.jsonl"
"""A line an item: what the store knows of it, and ``file``, its name beside the manifest."""

_PLAIN_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")
_encoder = msgspec.json.Encoder()


def copy_out(content: Path, out: Path) -> int:
    """Copy one content byte for byte; return its size.

    Raises:
        MisconfiguredError: the place cannot be written.
    """
    with _writing(out):
        shutil.copyfile(content, out)
        return out.stat().st_size


async def export_all(quarantine: "Quarantine", items: "AsyncIterator[QuarantineItem]", out: Path) -> int:
    """Write items to a folder, or to a zip when the name says so; return how many.

    Raises:
        MisconfiguredError: the place is taken or cannot be written.
    """
    with _writing(out):
        _refuse_taken(out)
        with _Zip.open(out) if out.suffix.lower() == ".zip" else _Folder.open(out) as bundle:
            manifest = []
            async for item in items:
                name = _file_name(item)
                async with quarantine.open(item.id) as content:
                    await asyncio.to_thread(bundle.add, name, content)
                manifest.append(_encoder.encode({"file": name, **msgspec.to_builtins(item)}))
            bundle.write(MANIFEST, b"".join(line + b"\n" for line in manifest))
            return len(manifest)


class _Bundle(ABC):
    """Where files are put under plain names."""

    @abstractmethod
    def add(self, name: str, content: Path) -> None:
        """Copy a file."""

    @abstractmethod
    def write(self, name: str, content: bytes) -> None:
        """Write a small file."""


class _Folder(_Bundle):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    @contextmanager
    def open(cls, out: Path) -> "Iterator[_Bundle]":
        out.mkdir(parents=True, exist_ok=True)
        yield cls(out)

    def add(self, name: str, content: Path) -> None:
        shutil.copyfile(content, self._folder / name)

    def write(self, name: str, content: bytes) -> None:
        (self._folder / name).write_bytes(content)


class _Zip(_Bundle):
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @classmethod
    @contextmanager
    def open(cls, out: Path) -> "Iterator[_Bundle]":
        """Write under another name first: a zip of the wanted name is whole."""
        growing = out.with_name(f".{out.name}.part")
        try:
            with zipfile.ZipFile(growing, "w", zipfile.ZIP_DEFLATED) as archive:
                yield cls(archive)
            growing.replace(out)
        finally:
            growing.unlink(missing_ok=True)

    def add(self, name: str, content: Path) -> None:
        self._archive.write(content, name)

    def write(self, name: str, content: bytes) -> None:
        self._archive.writestr(name, content)


def _refuse_taken(out: Path) -> None:
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise MisconfiguredError(f"{out} 已经存在；请换一个新的文件名或空的文件夹。")


def _file_name(item: "QuarantineItem") -> str:
    """Return a plain name: the id, with the ending of the file or entry where that is an ordinary one."""
    place = PurePath(item.location if item.kind == "file" and item.location else item.name)
    return item.id + (place.suffix if _PLAIN_ENDING.fullmatch(place.suffix) else "")


@contextmanager
def _writing(out: Path) -> "Iterator[None]":
    try:
        yield
    except OSError as error:
        raise MisconfiguredError(f"不能写 {out}：{error.strerror or error}。请换一个路径。") from error

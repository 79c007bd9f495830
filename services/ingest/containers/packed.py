"""One file, packed: gzip, bzip2, xz, zstd."""

from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from services.ingest.containers.contents import Content, head_of, open_content
from services.ingest.containers.decompressing import unpacker
from services.ingest.containers.kinds import Kind, Member, Members, Troubles

if TYPE_CHECKING:
    from services.ingest.containers.limits import Budget

_MAGIC_BYTES = 8


def recognises(head: bytes, _content: Content | None) -> bool:
    """Whether it begins as one of them."""
    return unpacker(head) is not None


def members(content: Content, _budget: "Budget", _troubles: Troubles) -> Members:
    """Yield the one file; it lies where its archive lies."""
    yield Member(name="", open=partial(_opened, content), again=True)


def _opened(content: Content) -> BinaryIO:
    unpack = unpacker(head_of(content, _MAGIC_BYTES))
    if unpack is None:
        raise ValueError("开头变了")
    return unpack(open_content(content))


KIND = Kind(name="packed", called="压缩文件", recognises=recognises, members=members)

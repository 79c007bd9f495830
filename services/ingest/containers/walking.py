"""From content to documents: archives are opened, archives in archives too, and everything else is a document."""

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from services.ingest.containers.contents import (
    IN_MEMORY_BYTES,
    Content,
    discard,
    keep,
    open_content,
    size_of,
)
from services.ingest.containers.inventory import companion
from services.ingest.containers.kinds import UNREADABLE, Kind, Member, Troubles, UnusableError
from services.ingest.containers.limits import MAX_DEPTH, BombError, Budget, Meter, Walk, metered
from services.ingest.records import FILE, Document, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEAD_BYTES = 1024
"""So much of a file is looked at to tell what kind of archive it is."""

_TOLD_NAMES = 5
_TOLD_CHARACTERS = 200


def documents_in(
    content: Content, location: str, walk: Walk, kinds: "Sequence[Kind]", head: bytes
) -> "Iterator[Document | Rejected]":
    """Yield the documents of some content that begins with ``head``; each is gone when the next one is asked for."""
    kind = _kind_of(head, content, kinds)
    if kind is None:
        yield Document(location=location, open=partial(open_content, content), raw=lambda: content, spool=walk.spool)
    else:
        yield from _Archive(content, location, walk, kind, kinds).documents()


def _kind_of(head: bytes, content: Content | None, kinds: "Sequence[Kind]") -> Kind | None:
    return next((kind for kind in kinds if kind.recognises(head, content)), None)


class _Archive:
    """One archive that is being read."""

    def __init__(self, content: Content, location: str, walk: Walk, kind: Kind, kinds: "Sequence[Kind]") -> None:
        self._content = content
        self._location = location
        self._walk = walk
        self._kind = kind
        self._kinds = kinds
        self._troubles = Troubles()
        self._budget = Budget(walk, size_of(content))
        self._names: Counter[str] = Counter()
        self._read = 0

    def documents(self) -> "Iterator[Document | Rejected]":
        """Yield what is inside; then what was wrong with it, if anything."""
        if self._walk.depth >= MAX_DEPTH:
            yield self._refuse("zip-depth", f"压缩包嵌套超过 {MAX_DEPTH} 层，可能是压缩炸弹；请解开后再放入。")
            return
        self._walk.depth += 1
        try:
            yield from self._members()
        except BombError as error:
            if error.whole and self._walk.depth > 1:
                raise
            self._walk.bomb = None
            yield self._refuse("zip-bomb", f"{error}，可能是压缩炸弹；没有继续读取。")
        except UnusableError as error:
            yield self._refuse(error.code, str(error))
        finally:
            self._walk.depth -= 1

    def _members(self) -> "Iterator[Document | Rejected]":
        try:
            for member in self._kind.members(self._content, self._budget, self._troubles):
                self._walk.enter()
                yield from self._member(member)
                if self._walk.bomb is not None:
                    raise self._walk.bomb
        except (BombError, UnusableError):
            raise
        except (*UNREADABLE, OSError) as error:
            self._troubles.torn = str(error) or type(error).__name__
        yield from self._told()

    def _member(self, member: Member) -> "Iterator[Document | Rejected]":
        self._read += 1
        name = member.name.replace("\\", "/")
        location = self._place(name)
        meter = Meter(self._budget, member.packed_bytes)
        try:
            with member.open() as raw, metered(raw, meter) as stream:
                head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
                if (left_out := companion(head, name)) is not None:
                    self._walk.inventory.left_out[left_out] += 1
                    return
                nested = _kind_of(head, None, self._kinds) is not None
                in_place = member.again and not nested and (member.size_bytes or 0) > IN_MEMORY_BYTES
                content = None if in_place else keep(stream, self._walk.spool)
        except BombError:
            raise
        except (*UNREADABLE, OSError) as error:
            self._troubles.broken.append(f"{location}（{error}）")
            return
        self._walk.inventory.meet(name)
        if content is None:
            yield self._in_place(member, location, meter)
            return
        try:
            yield from documents_in(content, location, self._walk, self._kinds, head)
        finally:
            discard(content)

    def _in_place(self, member: Member, location: str, meter: Meter) -> Document:
        def opened() -> BinaryIO:
            return metered(member.open(), meter)

        def whole() -> Content:
            with opened() as stream:
                return keep(stream, self._walk.spool)

        return Document(location=location, open=opened, raw=whole, spool=self._walk.spool, broken=self._troubles.broken)

    def _place(self, name: str) -> str:
        """Return where a member lies; of several with one name each has a place of its own."""
        name = name.lstrip("/")
        if not name:
            return self._location
        self._names[name] += 1
        if self._names[name] > 1:
            name = f"{name} #{self._names[name]}"
        return f"{self._location}/{name}" if self._location else name

    def _told(self) -> "Iterator[Rejected]":
        called, code = self._kind.called, "zip" if self._kind.name == "zip" else "archive"
        troubles = self._troubles
        if troubles.torn is not None:
            yield self._refuse(
                f"torn-{code}",
                f"{called}损坏（{troubles.torn[:_TOLD_CHARACTERS]}）：能读出的 {self._read - len(troubles.broken)} 个文件已读取，其余读不到；请从来源重新下载。",
            )
        elif troubles.broken:
            names = "、".join(one[:_TOLD_CHARACTERS] for one in troubles.broken[:_TOLD_NAMES])
            yield self._refuse(
                f"torn-{code}",
                f"{called}里有 {len(troubles.broken)} 个文件读不出来：{names}；其余已读取，请从来源重新下载。",
            )
        if troubles.encrypted:
            names = "、".join(one[:_TOLD_CHARACTERS] for one in troubles.encrypted[:_TOLD_NAMES] if one)
            yield self._refuse(
                f"encrypted-{code}",
                f"{called}里有文件加了密码（{names or '整个'}）；请用密码解开后再放入。",
            )
        if not self._read and troubles == Troubles():
            yield self._refuse("empty", f"{called}是空的；来源可能没有写完，请重新下载。")

    def _refuse(self, code: str, reason: str) -> Rejected:
        return Rejected(raw=self._content, location=self._location, reason_code=code, reason=reason, kind=FILE)

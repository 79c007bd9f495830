"""A stand-in for a mailbox's IMAP server: the part of RFC 3501 that a reader needs, as strict as 163's.

It opens a folder only to a client that has logged in and said its name (RFC 2971), and refuses what it does not know.
"""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Self

_LINE = re.compile(rb"(\S+) (?:UID )?(\w+) ?(.*)\r\n", re.DOTALL)
_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


@dataclass
class Kept:
    """A mail of the folder."""

    uid: int
    raw: bytes
    seen: bool = False


@dataclass
class FakeImap:
    """The server; use it as an async context, its event loop is the caller's.

    Attributes:
        folder: in the order of their UIDs.
        stores: how often a flag was set.
        withheld: UIDs of mails that another client deleted, and that are refused since.
        fail_store: so many times the connection is torn instead of setting a flag.
    """

    username: str = "zhitui@example.cn"
    password: str = "imap-code"  # noqa: S105 - of a stand-in
    wants_id: bool = True
    folder: list[Kept] = field(default_factory=list)
    withheld: set[int] = field(default_factory=set)
    stores: int = 0
    fail_store: int = 0
    validity: int = 1

    @property
    def port(self) -> int:
        """The loopback port it listens on."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def seen(self) -> list[int]:
        """Return the UIDs of the mails that are marked as seen."""
        return [kept.uid for kept in self.folder if kept.seen]

    def add(self, raw: bytes) -> Kept:
        """Let a mail arrive."""
        kept = Kept(uid=self.folder[-1].uid + 1 if self.folder else 7, raw=raw)
        self.folder.append(kept)
        return kept

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK IMAP4 ready\r\n")
        conversation = _Conversation(self)
        while line := await reader.readline():
            answer = conversation.answer(line)
            if answer is None:
                break
            writer.write(answer)
            await writer.drain()
            if conversation.over:
                break
        writer.close()


class _Conversation:
    def __init__(self, imap: FakeImap) -> None:
        self._imap = imap
        self._logged_in = self._named = self._open = False
        self.over = False

    def answer(self, line: bytes) -> bytes | None:
        """Return what is said to a command; ``None`` tears the connection."""
        found = _LINE.fullmatch(line)
        if found is None:
            return b"* BAD what?\r\n"
        tag, command, rest = found.group(1), found.group(2).decode().upper(), found.group(3).decode()
        words = [quoted or bare for quoted, bare in _WORDS.findall(rest)]
        handler = getattr(self, f"_{command.lower()}", None)
        if handler is None:
            return tag + b" BAD unknown command\r\n"
        said: tuple[list[bytes], bytes] | None = handler(words)
        if said is None:
            return None
        untagged, status = said
        return b"".join(b"* " + one + b"\r\n" for one in untagged) + tag + b" " + status + b"\r\n"

    def _capability(self, _: list[str]) -> tuple[list[bytes], bytes]:
        return [b"CAPABILITY IMAP4rev1" + (b" ID" if self._imap.wants_id else b"")], b"OK done"

    def _login(self, words: list[str]) -> tuple[list[bytes], bytes]:
        self._logged_in = words == [self._imap.username, self._imap.password]
        return [], b"OK done" if self._logged_in else b"NO LOGIN Login error or password error"

    def _id(self, words: list[str]) -> tuple[list[bytes], bytes]:
        self._named = bool(words)
        return [b"ID NIL"], b"OK done"

    def _select(self, words: list[str]) -> tuple[list[bytes], bytes]:
        if self._imap.wants_id and not self._named:
            return [], b"NO SELECT Unsafe Login. Please contact kefu@188.com for help"
        self._open = self._logged_in and words == ["INBOX"]
        if not self._open:
            return [], b"NO no such folder"
        count = b"%d EXISTS" % len(self._imap.folder)
        return [count, b"OK [UIDVALIDITY %d] fixed" % self._imap.validity], b"OK [READ-WRITE] done"

    def _search(self, words: list[str]) -> tuple[list[bytes], bytes]:
        if not self._open or words[:2] != ["UNSEEN", "UID"]:
            return [], b"BAD search"
        first = int(words[2].partition(":")[0])
        last = self._imap.folder[-1].uid if self._imap.folder else 0
        found = [kept.uid for kept in self._imap.folder if not kept.seen and (kept.uid >= first or kept.uid == last)]
        return [b" ".join([b"SEARCH", *(b"%d" % uid for uid in found)])], b"OK done"

    def _fetch(self, words: list[str]) -> tuple[list[bytes], bytes]:
        kept = self._of(words[0])
        limit = re.fullmatch(r"\(BODY\.PEEK\[\]<0\.(\d+)>\)", words[1])
        if kept is None or limit is None:
            return [], b"OK nothing" if limit else b"BAD fetch"
        if kept.uid in self._imap.withheld:
            return [], b"NO some of the messages are gone"
        raw = kept.raw[: int(limit.group(1))]
        return [b"1 FETCH (UID %d BODY[]<0> {%d}\r\n%b)" % (kept.uid, len(raw), raw)], b"OK done"

    def _store(self, words: list[str]) -> tuple[list[bytes], bytes] | None:
        if self._imap.fail_store:
            self._imap.fail_store -= 1
            return None
        kept = self._of(words[0])
        if kept is None or words[1:] != ["+FLAGS.SILENT", r"(\Seen)"]:
            return [], b"BAD store"
        self._imap.stores += 1
        kept.seen = True
        return [], b"OK done"

    def _logout(self, _: list[str]) -> tuple[list[bytes], bytes]:
        self.over = True
        return [b"BYE see you"], b"OK done"

    def _of(self, uid: str) -> Kept | None:
        return next((kept for kept in self._imap.folder if self._open and kept.uid == int(uid)), None)

"""A feed as a scheduled source: each visit hands over the items that were not there at the last one.

The cursor holds what the server wants to hear again (``etag``, ``modified``), where the feed went (``moved_to``), digests of
the items that were last in it (``seen``), and that it is ``gone``; all of it for the address whose digest is ``of``.
"""

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from services.ingest.formats.feed_split import Split, root_of, split
from services.ingest.sources.feeds.fetching import Fetched, GoneError, fetch
from shared.errors import SourceProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from pydantic import SecretStr

    from services.ingest.sources.scheduled import Visit
    from shared.clock import Clock

_DIGEST_CHARACTERS = 16
_SESSION = re.compile(rb"(?:[?&;]|&amp;)(?:_cid|jsessionid)=[^&;<\"'\s]*", re.IGNORECASE)
"""What differs in the links of an item each time it is asked for, at PATENTSCOPE."""


class FeedSource:
    """Visits one feed."""

    kind = "feed"

    def __init__(self, name: str, url: "SecretStr", *, every: "timedelta", clock: "Clock") -> None:
        self.name = f"feed:{name}"
        self.every = every
        self._url = url
        self._clock = clock

    async def visit(self, visit: "Visit") -> None:
        """Hand over what is new.

        Raises:
            RetryLaterError: it cannot be had now.
            SourceProblemError: it cannot be had until somebody acts.
        """
        cursor = self._known(visit.cursor)
        if cursor.get("gone"):
            raise GoneError("订阅源已永久撤销（HTTP 410）。请从 ZHITUI_FEEDS 里删掉它，或换成新的地址。")
        try:
            fetched = await self._fetch(cursor)
        except GoneError:
            await visit.remember(cursor | {"gone": "1"})
            raise
        except SourceProblemError:
            if cursor.pop("moved_to", ""):
                await visit.remember(cursor)  # what was said to be for good is wrong: ask at the old address again
            raise
        moved_to = fetched.moved_to or cursor.get("moved_to", "")
        if fetched.body is None:
            after = cursor | {"moved_to": moved_to}
        else:
            seen = await self._hand_over(visit, _split(fetched.body), cursor.get("seen", ""))
            told = {"etag": fetched.etag, "modified": fetched.modified, "moved_to": moved_to, "seen": seen}
            after = {"of": cursor["of"], **told}
        after = {name: value for name, value in after.items() if value}
        if after != dict(visit.cursor):
            await visit.remember(after)

    async def check(self) -> str:
        """Fetch the feed and count its items."""
        fetched = await self._fetch({})
        items = _split(fetched.body or b"").items
        moved = "；它已搬到新地址，请改正 ZHITUI_FEEDS" if fetched.moved_to else ""
        return f"取到订阅源，里面有 {len(items)} 条{moved}。"

    async def _fetch(self, cursor: "Mapping[str, str]") -> Fetched:
        url = self._url.get_secret_value()
        return await fetch(
            cursor.get("moved_to") or url,
            trusted=urlsplit(url).hostname or "",
            etag=cursor.get("etag", ""),
            modified=cursor.get("modified", ""),
            now=self._clock.now(),
        )

    def _known(self, cursor: "Mapping[str, str]") -> dict[str, str]:
        """Return what is known of the feed at this address: nothing when the operator has changed it."""
        own = _digest(self._url.get_secret_value().encode())
        return dict(cursor) if cursor.get("of") == own else {"of": own}

    async def _hand_over(self, visit: "Visit", feed: Split, seen: str) -> str:
        known = {seen[at : at + _DIGEST_CHARACTERS] for at in range(0, len(seen), _DIGEST_CHARACTERS)}
        items = {_digest(_SESSION.sub(b"", item)): item for item in feed.items}
        if fresh := [item for digest, item in items.items() if digest not in known]:
            content = feed.before + b"\n".join(fresh) + feed.after
            # Named by its content: after a crash the same items are the same input again.
            await visit.take(f"{self.name.partition(':')[2]} {_digest(content)[:8]}.xml", content)
        return "".join(items)


def _split(body: bytes) -> Split:
    if root_of(body) is None:
        raise SourceProblemError("这个地址给出的不是 RSS 或 Atom。请在浏览器里打开，核对后改正 ZHITUI_FEEDS。")
    return split(body)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=_DIGEST_CHARACTERS // 2).hexdigest()

"""A stand-in for WeCom's group robots: the documented protocol, limits and error codes, on loopback.

Source: https://developer.work.weixin.qq.com/document/path/91770 (bodies, 20 messages a minute), path/90313 (codes).
"""

import io
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web
from python_calamine import CalamineWorkbook

from shared.testing.vendor import FakeVendor, Limit, Refusal
from shared.testing.wecom_bodies import judge_body, texts_of_card

if TYPE_CHECKING:
    from collections.abc import Iterable

LIMIT_CALLS = 20
LIMIT_WINDOW_SECONDS = 60.0
MEDIA_SECONDS = 3 * 86_400.0
FILE_BYTES = (5, 20 << 20)
"""More than the first, at most the second."""

_HINT = "hint: [1708397705432012366598976], from ip: 127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """An uploaded file: good for its robot only, for three days."""

    key: str
    name: str
    data: bytes
    uploaded_at: float


class FakeWeCom(FakeVendor):
    """The server."""

    limits = (Limit(calls=LIMIT_CALLS, window_seconds=LIMIT_WINDOW_SECONDS),)
    unknown_key = Refusal(code=93000, text=f"invalid webhook url, {_HINT}")
    too_fast = Refusal(code=45009, text=f"api freq out of limit, {_HINT}")

    @cached_property
    def media(self) -> dict[str, Media]:
        """Uploaded files by their id."""
        return {}

    def routes(self) -> "Iterable[web.AbstractRouteDef]":
        """Return the two addresses of a robot."""
        return [
            web.post("/cgi-bin/webhook/send", self._send),
            web.post("/cgi-bin/webhook/upload_media", self._upload),
        ]

    def judge(self, key: str, raw: bytes, request: web.Request) -> Refusal | None:  # noqa: ARG002 - the port's
        """Check the body; a file must be this robot's own and young enough."""
        refusal = judge_body(raw)
        if refusal is not None:
            return Refusal(code=refusal.code, text=f"{refusal.text}, {_HINT}")
        body = json.loads(raw)
        if body["msgtype"] == "file":
            media = self.media.get(body["file"]["media_id"])
            now = self.now.timestamp()
            if media is None or media.key != key or media.uploaded_at <= now - MEDIA_SECONDS:
                return Refusal(code=40007, text=f"invalid media_id, {_HINT}")
        return None

    def shown(self, body: dict[str, Any]) -> tuple[str, str]:
        """Return the text, a card's texts, or a workbook's cells."""
        kind = body["msgtype"]
        if kind == "template_card":
            return kind, texts_of_card(body[kind])
        if kind == "file":
            return kind, cells_of(self.media[body[kind]["media_id"]].data)
        return kind, body[kind]["content"]

    async def _send(self, request: web.Request) -> web.StreamResponse:
        return await self.serve(request, request.query.get("key", ""))

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if self.script:
            return await self.serve(request, "")
        key = request.query.get("key", "")
        part = await (await request.multipart()).next()
        is_file = isinstance(part, BodyPartReader) and part.name == "media" and part.filename
        data = bytes(await part.read()) if isinstance(part, BodyPartReader) and is_file else b""
        # As observed, the file is looked at before the key.
        if not data:
            return self.refuse(Refusal(code=44001, text=f"empty media data, {_HINT}"))
        if not FILE_BYTES[0] < len(data) <= FILE_BYTES[1]:
            return self.refuse(Refusal(code=40006, text=f"invalid file size, {_HINT}"))
        if request.query.get("type") != "file":
            return self.refuse(Refusal(code=40004, text=f"invalid media type, {_HINT}"))
        if not self.knows(key):
            return self.refuse(self.unknown_key)
        now = self.now.timestamp()
        media_id = f"media-{len(self.media) + 1}"
        name = (part.filename or "") if isinstance(part, BodyPartReader) else ""
        self.media[media_id] = Media(key=key, name=name, data=data, uploaded_at=now)
        return self.answer(0, "ok", type="file", media_id=media_id, created_at=str(int(now)))


def cells_of(data: bytes) -> str:
    """Return a workbook's cells as tabs and lines."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    return "\n".join("\t".join(str(cell) for cell in row) for row in rows)

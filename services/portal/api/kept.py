"""An answer as it can be kept for a request that comes again: the same to the byte."""

import msgspec
from aiohttp import web


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An answer; ``content_type`` is empty where there is no body."""

    status: int
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = {}

    def response(self) -> web.Response:
        """Return it as aiohttp sends it."""
        if not self.content_type:
            return web.Response(status=self.status, headers=self.headers)
        return web.Response(
            status=self.status, body=self.body, content_type=self.content_type, headers=dict(self.headers)
        )

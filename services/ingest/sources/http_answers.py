"""Bodies of answers from servers that are not ours, within a limit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiohttp

_BLOCK_BYTES = 256 * 1024


async def read_whole(response: "aiohttp.ClientResponse", *, limit_bytes: int) -> bytes | None:
    """Return a body, ``None`` when it is larger than the limit: the rest of it is not waited for."""
    body = bytearray()
    async for block in response.content.iter_chunked(_BLOCK_BYTES):
        body += block
        if len(body) > limit_bytes:
            return None
    return bytes(body)

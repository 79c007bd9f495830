"""As much of S3 as reading a folder needs: list, look, read by range, copy, remove; of one account, on loopback.

Source: the API reference of Amazon S3 (ListObjectsV2, HeadObject, GetObject, CopyObject, DeleteObject).
"""

import hashlib
from email.utils import format_datetime
from typing import Self
from urllib.parse import unquote
from xml.sax.saxutils import escape

from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler

from tests.integration.ingest.visiting import TODAY


class FakeS3:
    """The server; use it as an async context. ``objects`` are key → content."""

    def __init__(self, bucket: str, key_id: str) -> None:
        self.objects: dict[str, bytes] = {}
        self._bucket = bucket
        self._key_id = key_id

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._check])
        app.router.add_get("/{bucket}", self._list)
        app.router.add_get("/{bucket}/{key:.*}", self._get)
        app.router.add_put("/{bucket}/{key:.+}", self._copy)
        app.router.add_delete("/{bucket}/{key:.+}", self._delete)
        self._server = TestServer(app)
        await self._server.start_server()
        self.endpoint = str(self._server.make_url("")).rstrip("/")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @web.middleware
    async def _check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info["bucket"] != self._bucket:
            return _error(404, "NoSuchBucket")
        if f"Credential={self._key_id}/" not in request.headers.get("Authorization", ""):
            return _error(403, "InvalidAccessKeyId")
        return await handler(request)

    async def _list(self, request: web.Request) -> web.Response:
        keys = sorted(key for key in self.objects if key.startswith(request.query.get("prefix", "")))
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{TODAY:%Y-%m-%dT%H:%M:%S}.000Z</LastModified>"
            f"<ETag>&quot;{_etag(self.objects[key])}&quot;</ETag><Size>{len(self.objects[key])}</Size></Contents>"
            for key in keys
        )
        return web.Response(
            text=f"<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>{len(keys)}</KeyCount>{contents}</ListBucketResult>",
            content_type="application/xml",
        )

    async def _get(self, request: web.Request) -> web.Response:
        if not request.match_info["key"]:
            return await self._list(request)
        content = self.objects.get(request.match_info["key"])
        if content is None:
            return _error(404, "NoSuchKey")
        headers = {"ETag": f'"{_etag(content)}"', "Last-Modified": format_datetime(TODAY, usegmt=True)}
        if "Range" not in request.headers:
            return web.Response(body=content, headers=headers)
        part = request.http_range
        start, stop, _ = part.indices(len(content))
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
        return web.Response(status=206, body=content[part], headers=headers)

    async def _copy(self, request: web.Request) -> web.Response:
        source = unquote(request.headers["x-amz-copy-source"]).lstrip("/").removeprefix(f"{self._bucket}/")
        self.objects[request.match_info["key"]] = self.objects[source]
        return web.Response(
            text="<CopyObjectResult><ETag>&quot;0&quot;</ETag></CopyObjectResult>", content_type="application/xml"
        )

    async def _delete(self, request: web.Request) -> web.Response:
        self.objects.pop(request.match_info["key"], None)
        return web.Response(status=204)


def _etag(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _error(status: int, code: str) -> web.Response:
    return web.Response(status=status, text=f"<Error><Code>{code}</Code></Error>", content_type="application/xml")

"""Real servers that hold a folder on loopback: SFTP (asyncssh), WebDAV (wsgidav), and a stand-in of S3."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import asyncssh
import trustme
from cheroot import wsgi
from cheroot.ssl.builtin import BuiltinSSLAdapter
from wsgidav.wsgidav_app import WsgiDAVApp

from shared.settings_sources import FolderSetting
from tests.integration.ingest.fake_s3 import FakeS3

USER, PASSWORD = "zhitui", "geheim"


class Remote(Protocol):
    """A folder on a server: what lies in it, and how Zhitui is told to reach it."""

    setting: dict[str, Any]

    def put(self, path: str, content: bytes) -> None: ...
    def remove(self, path: str) -> None: ...
    def paths(self) -> set[str]: ...


class OnDisk:
    def __init__(self, root: Path, setting: dict[str, Any]) -> None:
        self.root = root / "in"
        self.root.mkdir()
        self.setting = setting

    def put(self, path: str, content: bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def paths(self) -> set[str]:
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()}


class InBucket:
    def __init__(self, server: FakeS3, setting: dict[str, Any]) -> None:
        self.setting = setting
        self._server = server

    def put(self, path: str, content: bytes) -> None:
        self._server.objects[f"in/{path}"] = content

    def remove(self, path: str) -> None:
        del self._server.objects[f"in/{path}"]

    def paths(self) -> set[str]:
        return {key.removeprefix("in/") for key in self._server.objects}


class _Login(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


def setting_of(remote: Remote, **more: object) -> FolderSetting:
    """Return the folder's setting, with changes."""
    return FolderSetting.model_validate({"name": "x", "username": USER, "password": PASSWORD} | remote.setting | more)


@asynccontextmanager
async def sftp(folder: Path) -> AsyncIterator[OnDisk]:
    """Serve by SFTP; the server sees nothing above ``root``."""
    root = folder / "root"
    root.mkdir()
    key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=_Login,
        server_host_keys=[key],
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(root).encode()),
    )
    port = server.get_port()
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {key.export_public_key().decode()}", "utf-8")
    async with server:
        yield OnDisk(root, {"url": f"sftp://127.0.0.1:{port}/in", "known_hosts_file": str(known)})


@asynccontextmanager
async def webdav(folder: Path) -> AsyncIterator[OnDisk]:
    """Serve by WebDAV."""
    root = folder / "root"
    root.mkdir()
    with _dav_port(root) as port:
        yield OnDisk(root, {"url": f"dav://127.0.0.1:{port}/in"})


@asynccontextmanager
async def webdav_over_tls(folder: Path, authority: trustme.CA) -> AsyncIterator[OnDisk]:
    """Serve by WebDAV, with a certificate of this authority."""
    root = folder / "root"
    root.mkdir()
    issued = authority.issue_cert("localhost")
    key, chain = folder / "key.pem", folder / "chain.pem"
    issued.private_key_pem.write_to_path(key)
    issued.cert_chain_pems[0].write_to_path(chain)
    with _dav_port(root, BuiltinSSLAdapter(str(chain), str(key))) as port:
        yield OnDisk(root, {"url": f"davs://localhost:{port}/in"})


@contextmanager
def _dav_port(root: Path, tls: BuiltinSSLAdapter | None = None) -> Iterator[int]:
    app = WsgiDAVApp(  # type: ignore[no-untyped-call]
        {
            "provider_mapping": {"/": str(root)},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )
    server = wsgi.Server(("127.0.0.1", 0), app, numthreads=2)
    server.ssl_adapter = tls
    server.error_log = lambda *_args, **_more: None  # type: ignore[method-assign]  # a client that does not trust it is what a test wants
    server.expiration_interval = 0.05  # how soon it sees that it is to stop
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server.bind_addr[1]
    finally:
        server.stop()
        thread.join()


@asynccontextmanager
async def s3(_folder: Path) -> AsyncIterator[InBucket]:
    """Serve as S3 does."""
    async with FakeS3("patents", USER) as server:
        yield InBucket(server, {"url": "s3://patents/in", "endpoint": server.endpoint})


KINDS: dict[str, Callable[[Path], AbstractAsyncContextManager[Remote]]] = {"sftp": sftp, "webdav": webdav, "s3": s3}

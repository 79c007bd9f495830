"""The scripts of the deployment do what they say, run as they are."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from shared.secret_box import SecretBox
from tests.unit.deploy.compose import load, variables
from tests.unit.deploy.documents import DEPLOY

DOCKER = DEPLOY / "docker"


def make_secrets(folder: Path) -> str:
    done = subprocess.run(["sh", DOCKER / "make-secrets.sh", folder], capture_output=True, text=True, check=True)
    return done.stdout


def test_secrets_are_made_for_everything_that_the_compose_file_reads(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    printed = make_secrets(folder)
    declared = {Path(one["file"]).name for one in load(variables("deploy/docker/city.env"))["secrets"].values()}
    assert {path.name for path in folder.iterdir()} == declared
    assert folder.stat().st_mode & 0o777 == 0o700, "the folder is what keeps others out"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}
    values = [value for path in folder.iterdir() if (value := path.read_text("utf-8").strip())]
    unused = {path.name for path in folder.iterdir() if not path.stat().st_size}
    assert unused == {"smtp-password", "dkim-key", "bounce-imap-password", "wecom-app-secret", "wechat-app-secret"}
    assert all(len(value) >= 32 for value in values)
    assert not any(value in printed for value in values), "nothing secret is printed"
    box = SecretBox((folder / "secret-key").read_text("utf-8").strip())
    assert box.open(box.seal("地址")) == "地址"


def test_secrets_that_are_there_stay(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "ingest-token").unlink()
    make_secrets(tmp_path)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert after.pop("ingest-token") != before.pop("ingest-token")
    assert after == before


def test_the_entry_point_brings_the_kernels_home_and_becomes_the_command(tmp_path: Path) -> None:
    kernels = tmp_path / "image" / "kernels-1"
    kernels.mkdir(parents=True)
    (kernels / "one.nbc").write_text("compiled")
    home, temporary = tmp_path / "home", tmp_path / "data" / "tmp"
    done = subprocess.run(
        ["sh", DOCKER / "entrypoint.sh", "sh", "-c", "exit 7"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "IMAGE_KERNELS": str(kernels.parent),
        },
        check=False,
    )
    assert done.returncode == 7
    assert (home / ".cache/zhitui/kernels-1/one.nbc").read_text() == "compiled"
    assert temporary.is_dir()


@contextmanager
def answering(status: int, body: str) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/healthz"
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def check_health(port: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, DOCKER / "healthcheck.py"],
        env={"ZHITUI_HTTP_PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_says_what_the_process_says(status: int, code: int) -> None:
    with answering(status, "存储没有应答") as port:
        done = check_health(port)
    assert done.returncode == code
    assert ("存储没有应答" in done.stderr) == bool(code)


def test_the_health_check_fails_where_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        done = check_health(taken.getsockname()[1])
    assert done.returncode == 1
    assert "refused" in done.stderr

"""The compose file's services as processes of this machine: the same commands under the same variables and secret files.

What must differ is what a container engine would give: where the servers and the mail catcher are, where secrets are mounted, a
folder and a free port for each process, and names in the shared servers that no other test has.
"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers import kafka_address, mongo_address
from tests.unit.deploy.compose import SECRETS, role_of, services, variables
from tests.unit.deploy.documents import DEPLOY, ROOT

READY_SECONDS = 180
SHIM = '#!/bin/sh\nexec "{python}" -m services "$@"\n'


@dataclass
class City:
    """The processes, by the names of their services."""

    root: Path
    smtp_port: int
    name: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:12]}")
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._services = services(variables("deploy/docker/try.env"))
        self.roles = {name: one for name, one in self._services.items() if role_of(one)}
        self.secrets = self.root / "secrets"
        subprocess.run(["sh", DEPLOY / "docker" / "make-secrets.sh", self.secrets], check=True, capture_output=True)
        self._replace_secret("mongo-uri", mongo_address())
        programs = self.root / "bin"
        programs.mkdir()
        (programs / "zhitui").write_text(SHIM.format(python=sys.executable), "utf-8")
        (programs / "zhitui").chmod(0o755)
        self._path = f"{programs}:{os.environ['PATH']}"

    def secret(self, name: str) -> str:
        """Return what stands in a secret's file."""
        return (self.secrets / name).read_text("utf-8").strip()

    def run(self, service: str, *command: str) -> str:
        """Run a command to its end as `docker compose run` would, the service's own when none is given."""
        done = subprocess.run(
            command or self._services[service]["command"],
            env=self.environment(service),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=READY_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Start every role."""
        for name, service in self.roles.items():
            with (self.root / f"{name}.log").open("wb") as output:
                self.processes[name] = subprocess.Popen(
                    service["command"], env=self.environment(name), cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
                )

    def environment(self, service: str) -> dict[str, str]:
        """Return the service's variables, with what must differ."""
        given: dict[str, str] = self._services[service]["environment"]
        folder = self.root / service
        folder.mkdir(exist_ok=True)
        found = {
            key: value.replace(SECRETS, f"{self.secrets}/").replace("/var/lib/zhitui", str(folder))
            for key, value in given.items()
        }
        replaced = {
            "ZHITUI_KAFKA_BOOTSTRAP_SERVERS": kafka_address(),
            "ZHITUI_MONGO_DATABASE": self.name,
            "ZHITUI_HTTP_HOST": "127.0.0.1",
            "ZHITUI_HTTP_PORT": "0",
            "ZHITUI_SMTP_HOST": "127.0.0.1",
            "ZHITUI_SMTP_PORT": str(self.smtp_port),
        }
        found |= {key: value for key, value in replaced.items() if key in found}
        if temporary := found.get("TMPDIR"):  # the entry point's work
            Path(temporary).mkdir(exist_ok=True)
        return {"PATH": self._path, "HOME": os.environ["HOME"], "ZHITUI_KAFKA_PREFIX": f"{self.name}.", **found}

    def address(self, service: str) -> str:
        """Return where a process's HTTP server is, once it listens."""
        file = self.root / service / "http.address"
        self._wait(service, file.exists)
        return file.read_text("utf-8")

    def wait_ready(self) -> None:
        """Wait until every process says that it is ready."""
        for name in self.processes:
            self._wait(name, lambda name=name: self.get(name, "/readyz")[0] == 200)

    def get(self, service: str, path: str) -> tuple[int, str]:
        """Ask a process."""
        try:
            with urllib.request.urlopen(self.address(service) + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def logs(self) -> str:
        """Return the end of every process's log."""
        return "\n".join(f"== {path.stem}\n{path.read_text('utf-8')[-1500:]}" for path in self.root.glob("*.log"))

    def stop(self) -> dict[str, int]:
        """End every process as a container engine does; return how each ended."""
        for process in self.processes.values():
            process.terminate()
        return {name: process.wait(timeout=30) for name, process in self.processes.items()}

    def close(self) -> None:
        """End whatever still runs."""
        for process in self.processes.values():
            process.kill()
            process.wait()

    def _replace_secret(self, name: str, value: str) -> None:
        (self.secrets / name).chmod(0o600)
        (self.secrets / name).write_text(value, "utf-8")

    def _wait(self, service: str, condition: Any) -> None:  # noqa: ANN401 - a question without arguments
        deadline = time.monotonic() + READY_SECONDS
        while not condition():
            ended = self.processes[service].poll()
            if ended is not None or time.monotonic() > deadline:
                raise AssertionError(
                    f"{service} ({ended}): {(self.root / f'{service}.log').read_text('utf-8')[-3000:]}"
                )
            time.sleep(0.1)

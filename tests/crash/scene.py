"""The scene of the crash tests: the real program on a folder of its own, and sinks that outlive it."""

import asyncio
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.backends import open_backends
from shared.bus.port import Record
from shared.bus.topics import PROFILES
from shared.clock import SystemClock
from shared.secret_box import open_secret_box
from shared.settings import Settings, load_settings
from shared.wire.events import ProfileSaved, encode_event
from shared.wire.profile import Profile, Rule
from shared.wire.subscription import Channel, Destination, DestinationState, Subscription
from tools.services.ports import answers, free_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TERMS = ("固态电池", "数控机床", "充电桩", "北斗导航", "激光雷达", "注塑模具", "污水处理", "显示面板")
"""One profile and one robot for each; a file's publications all hold the same one, so that no robot gets too many."""

ROBOT_KEYS = tuple(f"693a91f6-7000-4000-8000-00000000000{n}" for n in range(len(TERMS)))


TOKEN = "only-for-this-test"

ANSWER_SECONDS = 0.05
"""How long the sinks take between journalling a message and saying so: what dies in between is told twice."""


def number_of(sequence: int) -> str:
    """Return the publication number of the made series' member."""
    return f"CN{110000000 + sequence}A"


@dataclass
class Scene:
    """Folders, ports and processes of one test."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    sinks: "subprocess.Popen[bytes] | None" = None
    program: "subprocess.Popen[bytes] | None" = None
    told: dict[str, int] = field(default_factory=dict)
    batches: int = 0
    unacknowledged: list[bytes] = field(default_factory=list)

    @property
    def journal(self) -> Path:
        """What the sinks accepted, a JSON object a line."""
        return self.root / "journal.jsonl"

    @property
    def address_file(self) -> Path:
        """Where the program writes its HTTP address once it listens."""
        return self.root / "data" / "http.address"

    def start_sinks(self, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        """Start the mailbox and the robot's vendor, and point the program at them."""
        wecom, smtp = free_ports(2)
        self.sinks = self._launch(
            "sinks.log",
            *("shared.testing.sinks", "--wecom-port", str(wecom), "--smtp-port", str(smtp)),
            *("--journal", str(self.journal), "--answer-seconds", str(answer_seconds)),
        )
        self.environment = {
            **os.environ,
            "ZHITUI_DATA_DIR": str(self.root / "data"),
            "ZHITUI_WATCH_DIR": str(self.root / "watch"),
            "ZHITUI_HTTP_PORT": "0",
            "ZHITUI_INGEST_TOKEN": TOKEN,
            "ZHITUI_SMTP_HOST": "127.0.0.1",
            "ZHITUI_SMTP_PORT": str(smtp),
            "ZHITUI_SMTP_SECURITY": "none",
            "ZHITUI_WECOM_BASE_URL": f"http://127.0.0.1:{wecom}",
            "ZHITUI_LOG_FORMAT": "json",
            "ZHITUI_FLOOD_LIMIT": "1000000",  # one mailbox is told everything, one by one
        }
        self._wait(lambda: answers(wecom) and answers(smtp), "the sinks do not listen")

    def zhitui(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "services", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        assert done.returncode == 0, f"zhitui {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def subscribe(self) -> None:
        """Set up a profile for each term, a mailbox that is told everything, and a robot for each profile."""
        asyncio.run(subscribe(load_settings(data_dir=self.root / "data")))

    def drop(self, count: int) -> None:
        """Put a file of new publications into the watch folder, whole at once."""
        lines = self._new_publications(count)
        watch = self.root / "watch"
        watch.mkdir(exist_ok=True)
        hidden = watch / f".{self.batches}.part"
        hidden.write_bytes(lines)
        hidden.rename(watch / f"feed-{self.batches:06d}.jsonl")

    def prepare_push(self, count: int) -> None:
        """Queue new publications for the HTTP push."""
        self.unacknowledged.append(self._new_publications(count))

    def push(self) -> None:
        """Push what is queued, as a client does: what was not acknowledged stays queued and is pushed again."""
        address = self.address_file.read_text("utf-8").strip()
        while self.unacknowledged:
            request = urllib.request.Request(
                f"{address}/api/v1/publications",
                data=self.unacknowledged[0],
                headers={"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {TOKEN}"},
            )
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    assert answer.status == 200
            except (OSError, http.client.HTTPException):
                return
            del self.unacknowledged[0]

    def _new_publications(self, count: int) -> bytes:
        index = self.batches % len(TERMS)
        self.batches += 1
        lines = []
        for _ in range(count):
            number = number_of(len(self.told))
            self.told[number] = index
            publication = {
                "publication_number": number,
                "kind": "A",
                "title": f"一种{TERMS[index]}的检测装置及方法",
                "published_on": "2026-01-06",
                "applicants": [{"name": "广州某某科技有限公司", "region": "4401"}],
                "ipc": ["H01M10/0562"],
            }
            lines.append(json.dumps(publication, ensure_ascii=False) + "\n")
        return "".join(lines).encode()

    def start(self) -> None:
        """Start the program; it is not ready yet when this returns."""
        self.address_file.unlink(missing_ok=True)
        self.program = self._launch("up.log", "services", "up")

    def wait_listening(self) -> None:
        """Wait until the program listens."""
        self._wait(self.address_file.exists, "the program did not start")

    def kill(self) -> None:
        """SIGKILL, as a power cut would: no handler runs, nothing is flushed."""
        assert self.program is not None
        self.program.send_signal(signal.SIGKILL)
        self.program.wait()

    def stop(self) -> None:
        """SIGTERM: it finishes what is in flight and ends by itself."""
        assert self.program is not None
        self.program.terminate()
        assert self.program.wait(timeout=15) == 0

    def drain(self, timeout_seconds: float) -> None:
        """Let the program work off everything that is pending and due, as often as retries need it."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            self.zhitui("up", "--until-idle")
            open_ones = [d for d in self.deliveries() if d["state"] in {"waiting", "sending"}]
            if not open_ones and not list((self.root / "watch").glob("*.jsonl")):
                return
            time.sleep(1)
        raise AssertionError(f"after {timeout_seconds} s not everything was sent: {open_ones[:3]}")

    def deliveries(self) -> list[dict[str, Any]]:
        """Return all deliveries as the command line shows them."""
        return [
            json.loads(line) for line in self.zhitui("delivery", "list", "--limit", "100000", "--json").splitlines()
        ]

    def close(self) -> None:
        """End whatever still runs."""
        for process in (self.program, self.sinks):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()

    def _launch(self, log: str, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.root / log).open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=self.environment or None,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _wait(self, condition: "Callable[[], bool]", complaint: str, timeout_seconds: float = 120.0) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not condition():
            if time.monotonic() > deadline or (self.program is not None and self.program.poll() is not None):
                logs = "".join(p.read_text("utf-8", "replace")[-3000:] for p in self.root.glob("*.log"))
                raise AssertionError(f"{complaint}: {logs}")
            time.sleep(0.01)


@dataclass
class Tally:
    """What arrived, held against what had to.

    Attributes:
        lost, doubled: (destination, publication number).
        unexplained: doubles whose deliveries were never interrupted: outside the window that docs/channels.md admits.
        interrupted: attempts of which nobody can know whether the vendor took the message.
    """

    lost: list[tuple[str, str]]
    doubled: list[tuple[str, str]]
    unexplained: list[tuple[str, str]]
    messages: int
    interrupted: int


def tally(scene: Scene) -> Tally:
    """Count at the sinks."""
    expected = {pair for number, index in scene.told.items() for pair in (("box", number), (f"robot{index}", number))}
    robots = {key: f"robot{index}" for index, key in enumerate(ROBOT_KEYS)}
    seen: Counter[tuple[str, str]] = Counter()
    messages = 0
    for line in scene.journal.read_text("utf-8").splitlines():
        message = json.loads(line)
        messages += 1
        destination = "box" if message["channel"] == "email" else robots[message["key"]]
        seen.update((destination, number) for number in message["publication_numbers"])
    windows = set()
    interrupted = 0
    for delivery in scene.deliveries():
        if delivery["ambiguous"]:
            interrupted += delivery["ambiguous"]
            windows |= {(delivery["destination_id"], number) for number in delivery["publication_numbers"]}
    doubled = sorted(pair for pair, times in seen.items() if times > 1)
    return Tally(
        lost=sorted(expected - set(seen)),
        doubled=doubled,
        unexplained=[pair for pair in doubled if pair not in windows],
        messages=messages,
        interrupted=interrupted,
    )


async def subscribe(settings: Settings) -> None:
    """Set the scene's profiles, destinations and subscriptions up on these backends."""
    clock = SystemClock()
    async with open_backends(settings, clock, open_secret_box(settings)) as backends:
        now = clock.now()
        profiles = [
            Profile(id=f"p{index}", name=term, rules=(Rule(groups=((term,),)),)) for index, term in enumerate(TERMS)
        ]
        await backends.bus.append(
            PROFILES,
            [Record(key=p.id, value=encode_event(ProfileSaved(profile=p, saved_at=now))) for p in profiles],
        )
        await backends.store.profiles.put(profiles, saved_at=now)
        addresses = {"box": (Channel.EMAIL, "sme@example.com")}
        addresses |= {f"robot{index}": (Channel.WECOM_ROBOT, key) for index, key in enumerate(ROBOT_KEYS)}
        for name, (channel, address) in addresses.items():
            await backends.store.destinations.put(
                Destination(id=name, channel=channel, address=address, state=DestinationState.ACTIVE, created_at=now)
            )
        everything = Subscription(
            id="mail", profiles=tuple(p.id for p in profiles), destinations=("box",), created_at=now
        )
        groups = [
            Subscription(id=f"group{index}", profiles=(p.id,), destinations=(f"robot{index}",), created_at=now)
            for index, p in enumerate(profiles)
        ]
        for subscription in (everything, *groups):
            await backends.store.subscriptions.put(subscription)


@contextlib.contextmanager
def open_scene(root: Path) -> "Iterator[Scene]":
    """Give a scene with sinks running and everything subscribed; end all processes afterwards."""
    scene = Scene(root)
    try:
        scene.start_sinks()
        scene.subscribe()
        yield scene
    finally:
        scene.close()

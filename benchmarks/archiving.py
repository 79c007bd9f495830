"""Backup, check, restore and move of 100,000 publications and as many alerts, a server's backends where ``.services.env`` names them.

CPU seconds are this process's, all threads; beside them those of the wall, in which reading, packing and writing overlap and a
server's work counts, too.
"""

import asyncio
import os
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.made_corpus import made_corpus
from shared.archive.backup import make_backup
from shared.archive.move import Move
from shared.archive.progress import Silence
from shared.archive.reading import check_backup
from shared.archive.restore import restore
from shared.backends import open_backends
from shared.bus.kafka.cluster import open_cluster
from shared.bus.kafka.connecting import link_of
from shared.bus.kafka.topic_making import make, plan_all
from shared.clock import SystemClock
from shared.metrics import Metrics
from shared.runtime.role import Surroundings
from shared.secret_box import open_secret_box
from shared.settings import Settings
from shared.store.records import Alert, AlertKey, AlertState, PublicationVersion, Why
from shared.wire.content import content_hash
from shared.wire.match import Evidence, HitKind
from shared.wire.publication import Applicant, Publication

PUBLICATIONS = ALERTS = 100_000
_BATCH = 1_000
_BEGAN = datetime(2026, 1, 5, tzinfo=UTC)


def run() -> Iterable[tuple[str, str]]:
    """Return (label, figure) rows."""
    return asyncio.run(_run())


async def _run() -> list[tuple[str, str]]:
    rows = []
    with tempfile.TemporaryDirectory(prefix="zhitui-archiving-") as name:
        folder = Path(name)
        path = folder / "backup"
        async with _opened(folder / "source") as source:
            await _fill(source)
            with path.open("wb") as out:
                began = _now()
                _, end = await make_backup(source, out, files={}, progress=Silence())
                taken = _since(began)
            documents = sum(total.documents for total in end.sections.values())
            raw = sum(len(line) for _, lines in check_backup(path).lines() for line in lines)
            rows += [
                (f"documents ({raw / 1e6:,.0f} MB of JSON)", f"{documents:,}"),
                ("size of the backup", f"{path.stat().st_size / 1e6:,.1f} MB"),
                ("backup, embedded", _speed(documents, raw, taken)),
            ]
            began = _now()
            backup = check_backup(path)
            rows.append(("check of the file", _speed(documents, raw, _since(began))))
            for where, settings in _targets().items():
                async with _opened(folder / where, **settings) as target:
                    began = _now()
                    await restore(target, backup, files={}, replace=False, old_secrets=None, progress=Silence())
                    rows.append((f"restore and reading back, {where}", _speed(documents, raw, _since(began))))
                    with (folder / "again").open("wb") as out:
                        began = _now()
                        await make_backup(target, out, files={}, progress=Silence())
                        rows.append((f"backup, {where}", _speed(documents, raw, _since(began))))
            if "cluster" in _targets():
                rows += await _move(source, folder, documents, raw)
    return rows


async def _move(source: Surroundings, folder: Path, documents: int, raw: int) -> list[tuple[str, str]]:
    stopped: list[float] = []

    class Watch(Silence):
        def step(self, text: str) -> None:
            if "停下" in text and not stopped:
                stopped.append(time.monotonic())

    async with _opened(folder / "moved", **_targets()["cluster"]) as target:
        began = _now()
        await Move(source, target, running=dict, settings="", progress=Watch()).run(patience_seconds=1)
        taken, ended = _since(began), time.monotonic()
    return [
        ("move, from begin to switch", _speed(documents, raw, taken)),
        ("of it with the roles stopped (comparing everything)", f"{ended - stopped[0]:.1f} s"),
    ]


def _now() -> tuple[float, float]:
    return time.process_time(), time.monotonic()


def _since(began: tuple[float, float]) -> tuple[float, float]:
    """Return (CPU seconds, seconds of the wall) since then."""
    return time.process_time() - began[0], time.monotonic() - began[1]


def _speed(documents: int, raw: int, taken: tuple[float, float]) -> str:
    cpu, wall = taken
    return f"{cpu:.1f} s CPU ({wall:.1f} s), {documents / cpu:,.0f} documents/s, {raw / 1e6 / cpu:,.0f} MB/s of a core"


def _targets() -> dict[str, dict[str, object]]:
    targets: dict[str, dict[str, object]] = {"embedded": {}}
    kafka, mongo = os.environ.get("ZHITUI_KAFKA_BOOTSTRAP_SERVERS"), os.environ.get("ZHITUI_MONGO_URI")
    if kafka and mongo:
        name = uuid.uuid4().hex[:8]
        targets["cluster"] = {
            "bus": "kafka",
            "store": "mongo",
            "kafka_prefix": f"archiving-{name}.",
            "mongo_database": f"archiving-{name}",
        }
    return targets


_key = "c2VjcmV0LW9mLXRoZS1iZW5jaG1hcmstb25seS0wMDA="


@asynccontextmanager
async def _opened(folder: Path, **chosen: object) -> AsyncIterator[Surroundings]:
    settings = Settings(data_dir=folder, secret_key=_key, **chosen)  # type: ignore[arg-type]
    clock, secrets = SystemClock(), open_secret_box(settings)
    if settings.bus == "kafka":
        async with open_cluster(link_of(settings)) as cluster:
            await make(cluster, plan_all(settings.kafka_prefix, stream_partitions=4, replication=1))
    async with open_backends(settings, clock, secrets) as backends:
        yield Surroundings(
            settings=settings,
            bus=backends.bus,
            store=backends.store,
            clock=clock,
            metrics=Metrics(),
            secrets=secrets,
        )


async def _fill(around: Surroundings) -> None:
    corpus = made_corpus()
    for start in range(0, PUBLICATIONS, _BATCH):
        told = [_publication(corpus, number) for number in range(start, start + _BATCH)]
        versions = [
            PublicationVersion(publication=one, content_hash=content_hash(one), accepted_at=_BEGAN, origin="公报.csv")
            for one in told
        ]
        await around.store.archive.write("publications", versions)
        await around.store.archive.write("alerts", [_alert(number + start, one) for number, one in enumerate(told)])


def _publication(corpus: Corpus, number: int) -> Publication:
    title, ipc = corpus.titles[number % len(corpus.titles)]
    return Publication(
        publication_number=f"CN{110_000_000 + number}A",
        kind="A",
        application_number=f"2025{number:08}.4",
        title=title,
        abstract=corpus.abstracts[number * 7 % len(corpus.abstracts)],
        published_on=date(2026, 1, 1) + timedelta(days=number % 300),
        applicants=(Applicant(name=f"广州第{number % 5000}科技有限公司", region="440106"),),
        ipc=ipc,
    )


def _alert(number: int, told: Publication) -> Alert:
    hit = Evidence(term=told.title[:4], field="title", start=0, end=4, kind=HitKind.WORD, score=1.0)
    why = Why(profile_id=f"p-{number % 1000}", profile_name="固态电池隔膜", rule=0, score=0.8, evidence=(hit,))
    key = AlertKey(
        subscription_id=f"s-{number % 1000}",
        publication_number=told.publication_number,
        destination_id=f"d-{number % 1000}",
    )
    return Alert(
        key=key,
        family_key=told.application_number,
        publication=told,
        whys=(why,),
        score=0.8,
        created_at=_BEGAN + timedelta(seconds=number),
        state=AlertState.PLANNED,
        delivery_id=f"m-{number}",
    )

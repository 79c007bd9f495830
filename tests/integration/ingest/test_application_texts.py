"""Files of an application become part of its documents, on either backend and in whatever order they come."""

import asyncio
from itertools import permutations
from pathlib import Path

import msgspec
import pytest

from services.ingest.normalise.applications import check_digit
from services.ingest.offline import parse_files
from services.ingest.replay import replay_all
from services.ingest.wiring import make_pipeline
from shared.filing.application_texts import APPLICATION_TEXTS, JOINED, WAITING
from shared.store.quarantined import QuarantineItem, Wanted
from shared.wire.events import Change
from shared.wire.identity import APPLICATION_TEXT
from shared.wire.publication import Publication
from tests.integration.ingest.containers.archives import zipped
from tests.integration.ingest.made import ingest, open_surroundings, row, seen, table
from tests.integration.ingest.processes import Process, known

FILES = Path(__file__).parents[2] / "golden" / "ingest" / "cnipa_body"
APPLICATION = "201710854123.5"
CLAIM = "一种固态电池，其特征在于：包括固态电解质层(2)和正极层(3)，所述固态电解质层(2)的厚度d1为10μm～30μm。"
ABSTRACT = "本发明公开了一种固态电池，包括固态电解质层。"
WHOLE = [path.name for path in sorted(FILES.glob("application_2017108541235_*.xml"))]


def application(serial: int) -> tuple[Publication, Publication, Publication, Publication]:
    """Return (application, grant, claims, abstract) of an application of this serial number."""
    digits = f"20171{serial:07}"
    number = f"{digits}.{check_digit(digits)}"
    row_ = Publication(
        publication_number=f"CN11{serial:07}A",
        kind="A",
        title="一种固态电池",
        application_number=number,
        source="gazette-csv",
    )
    grant = msgspec.structs.replace(row_, publication_number=f"CN11{serial:07}B", kind="B", event="grant")
    claims = msgspec.structs.replace(
        row_,
        publication_number="",
        kind="",
        title="",
        event=APPLICATION_TEXT,
        event_detail="权利要求书 DA1",
        claim=CLAIM,
        source="cnipa-body",
    )
    abstract = msgspec.structs.replace(claims, event_detail="摘要 DA4", claim=None, abstract=ABSTRACT)
    return row_, grant, claims, abstract


async def test_in_any_order_and_by_two_processes_each_document_gets_what_it_lacks(
    processes: tuple[Process, Process],
) -> None:
    orders = tuple(permutations(range(4)))[::4]
    for serial, order in enumerate(orders):
        records = application(serial)
        for place, turn in enumerate(order):
            await processes[place % 2].accept(records[turn])
    for serial in range(len(orders)):
        published, granted = [
            await known(processes[0].store, one.publication_number) for one in application(serial)[:2]
        ]
        assert (published.abstract, published.claim) == (ABSTRACT, CLAIM)
        # The claims of a grant went through examination: those that were filed are not put under its number.
        assert (granted.abstract, granted.claim) == (ABSTRACT, None)
    shelf = processes[1].store.shelf(APPLICATION_TEXTS)
    assert (await shelf.count(WAITING), await shelf.count(JOINED)) == (0, len(orders))
    again = [record for serial in range(len(orders)) for record in application(serial)]
    assert await processes[1].accept(*again) == ["unchanged"] * len(again)


async def test_both_at_one_moment_in_two_processes_lose_nothing(processes: tuple[Process, Process]) -> None:
    applications = [application(serial) for serial in range(20)]
    await asyncio.gather(
        processes[0].accept(*(claims for _, _, claims, _ in applications)),
        processes[1].accept(*(row_ for row_, *_ in applications)),
        processes[1].accept(*(abstract for *_, abstract in applications)),
    )
    for row_, *_ in applications:
        both = await known(processes[0].store, row_.publication_number)
        assert (both.claim, both.abstract) == (CLAIM, ABSTRACT)


async def test_what_fills_in_is_told_as_such_and_a_second_time_says_nothing(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    row_, _, claims, abstract = application(1)
    drawings = msgspec.structs.replace(claims, event_detail="说明书附图 DA3", claim=None)
    assert await one.accept(claims, claims, drawings) == ["accepted", "unchanged", "unchanged"]
    assert await one.accept(row_) == ["accepted"]
    assert await one.accept(abstract, abstract) == ["corrected", "unchanged"]
    assert [(event.change, event.enriched, event.changed) for event in await one.seen()] == [
        (Change.NEW, False, ()),
        (Change.CORRECTED, True, ("claim",)),
        (Change.CORRECTED, True, ("abstract",)),
    ]
    history = await one.store.publications.history(row_.publication_number)
    assert [(version.source, version.said_by) for version in history] == [
        ("gazette-csv", {}),
        ("cnipa-body", {"claim": "cnipa-body"}),
        ("cnipa-body", {"claim": "cnipa-body", "abstract": "cnipa-body"}),
    ]


async def test_a_published_text_stands_before_what_was_filed(processes: tuple[Process, Process]) -> None:
    one, _ = processes
    row_, _, claims, abstract = application(1)
    text = msgspec.structs.replace(row_, claim="公布的权利要求", source="cnipa-xml")
    assert await one.accept(claims, row_) == ["accepted", "corrected"]
    assert await one.accept(text) == ["corrected"]
    assert await one.accept(claims, abstract) == ["unchanged", "corrected"]
    both = await known(one.store, row_.publication_number)
    assert (both.claim, both.abstract) == ("公布的权利要求", ABSTRACT)


@pytest.mark.parametrize("row_first", [True, False])
async def test_a_package_of_files_and_a_gazette_become_one_publication(row_first: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    package, gazette = tmp_path / "day.zip", tmp_path / "a.csv"
    package.write_bytes(zipped([(f"a/{name}", (FILES / name).read_bytes()) for name in WHOLE]))
    gazette.write_text(table(row(filing_id=APPLICATION)), "gb18030")
    async with open_surroundings(tmp_path / "data") as around:
        runs = [await ingest(around, path) for path in ((gazette, package) if row_first else (package, gazette))]
        counts = {run.name: (run.read, run.accepted, run.corrected, run.unchanged, run.rejected) for run in runs}
        assert counts["a.csv"] == (1, 1, 0, 0, 0)
        assert counts["day.zip"] == ((5, 1, 2, 2, 0) if row_first else (5, 3, 0, 2, 0))
        version = await around.store.publications.get("CN110007813A")
        assert version is not None
        assert (version.publication.abstract, version.publication.claim) == (ABSTRACT, CLAIM)
        assert version.origin == "；".join(f"day.zip!a/{WHOLE[place]}" for place in (0, 1, 3))
        again = [await ingest(around, path) for path in (package, gazette)]
        assert [(run.read, run.unchanged) for run in again] == [(5, 5), (1, 1)]
        assert len(await seen(around)) == 2
        assert await around.store.publications.count() == 1


async def test_what_no_name_tells_the_application_of_is_refused_until_it_has_one(tmp_path: Path) -> None:
    content = (FILES / WHOLE[0]).read_bytes()
    nameless, folder = tmp_path / "claims.xml", tmp_path / APPLICATION
    nameless.write_bytes(content)
    folder.mkdir()
    (folder / "claims.xml").write_bytes(content)
    async with open_surroundings(tmp_path / "data") as around:
        assert (await ingest(around, nameless)).rejected == 1
        (item,) = await around.store.quarantine.recent(Wanted(waiting=True))
        assert (item.reason_code, item.kind) == ("no-application-number", "file")
        assert (await ingest(around, folder)).accepted == 1
        kept = await around.store.shelf(APPLICATION_TEXTS).get(APPLICATION)
        assert kept is not None
        assert kept.document.claim is not None
        assert kept.document.claim.text == CLAIM


@pytest.mark.parametrize("row_first", [True, False])
async def test_whoever_dies_before_joining_joins_when_he_reads_again(
    processes: tuple[Process, Process],
    row_first: bool,  # noqa: FBT001 - a case
) -> None:
    one, other = processes
    row_, _, claims, _ = application(1)
    first, second = (row_, claims) if row_first else (claims, row_)
    await one.accept(first)
    documents = one.store.publications.documents

    async def dies(**_: object) -> list[object]:
        raise ConnectionError

    one.store.publications.documents = dies
    with pytest.raises(ConnectionError):
        await one.accept(second)
    one.store.publications.documents = documents
    assert (await known(one.store, row_.publication_number)).claim is None
    await other.accept(second)
    assert (await known(one.store, row_.publication_number)).claim == CLAIM


async def test_lines_that_parse_writes_of_a_file_are_read_as_that_file(tmp_path: Path) -> None:
    lines = tmp_path / "parsed.jsonl"
    with lines.open("wb") as out:
        summary = parse_files([FILES / name for name in WHOLE], out=out, rejects=None)
    assert (summary.read, summary.accepted, summary.unchanged, summary.rejected) == (5, 3, 2, 0)
    gazette = tmp_path / "a.csv"
    gazette.write_text(table(row(filing_id=APPLICATION)), "gb18030")
    async with open_surroundings(tmp_path / "data") as around:
        assert (await ingest(around, lines)).accepted == 3
        await ingest(around, gazette)
        version = await around.store.publications.get("CN110007813A")
        assert version is not None
        assert (version.publication.abstract, version.publication.claim) == (ABSTRACT, CLAIM)


async def test_a_file_that_an_older_version_refused_is_read_under_the_name_it_came_by(tmp_path: Path) -> None:
    async with open_surroundings(tmp_path / "data") as around:
        item = QuarantineItem(
            id="q-old",
            kind="file",
            source="watch-folder",
            name="day.zip",
            location=f"a/{WHOLE[0]}",
            reason_code="no-publication-number",
            reason="旧版本不读取申请文件",
            size_bytes=1,
            quarantined_at=around.clock.now(),
        )
        await around.store.quarantine.add([(item, (FILES / WHOLE[0]).read_bytes())])
        wanted = Wanted(reason_codes=("no-publication-number",), waiting=True)
        pipeline = make_pipeline(around)
        (done,) = [one async for one in replay_all(wanted, store=around.store, pipeline=pipeline, clock=around.clock)]
        assert done.problem is None
        assert done.run is not None
        assert done.run.accepted == 1
        kept = await around.store.shelf(APPLICATION_TEXTS).get(APPLICATION)
        assert kept is not None
        assert kept.document.claim is not None
        assert kept.document.claim.origin == f"day.zip!a/{WHOLE[0]}"

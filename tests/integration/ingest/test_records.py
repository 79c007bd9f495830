"""Records of one number, of one family and of one patent, on their way to the bus and the store."""

import asyncio
from datetime import date

import msgspec
import pytest

from shared.store.port import Store
from shared.wire.events import Change
from shared.wire.identity import item_key
from shared.wire.publication import Applicant, Publication
from tests.integration.ingest.processes import Process, known

APPLICATION = "201710854123.4"
ROW = Publication(
    publication_number="CN110007813A",
    kind="A",
    title="一种固态电池",
    published_on=date(2019, 7, 12),
    filed_on=date(2017, 9, 19),
    application_number=APPLICATION,
    applicants=(Applicant(name="某某科技有限公司", address="广东省广州市", region="4401"),),
    ipc=("H01M10/0525",),
    source="gazette-csv",
)
TEXT = msgspec.structs.replace(
    ROW, abstract="本发明公开了一种固态电池。", applicants=(Applicant(name="某某科技有限公司"),), source="cnipa-xml"
)
GRANT = msgspec.structs.replace(
    ROW, publication_number="CN110007813B", kind="B", event="grant", published_on=date(2021, 7, 13)
)
MODEL = msgspec.structs.replace(
    ROW, publication_number="CN208012345U", kind="U", event="grant", application_number="201721234567.8"
)
TRANSFER = Publication(
    publication_number="",
    kind="",
    title="",
    application_number=APPLICATION,
    event="transfer",
    event_on=date(2025, 3, 18),
    event_detail="专利权的转移：甲公司 → 乙公司",
    source="legal-csv",
)


async def families(store: Store, *told: Publication) -> set[str | None]:
    return {(await known(store, one.publication_number)).family_id for one in told}


async def test_the_gazette_and_the_full_text_become_one_publication_whichever_comes_first(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    other_row, other_text = (
        msgspec.structs.replace(p, publication_number="CN110007814A", title="一种电池") for p in (ROW, TEXT)
    )
    assert await one.accept(ROW) == ["accepted"]
    assert await one.accept(TEXT, other_text, other_row) == ["enriched", "accepted", "enriched"]
    contents = [
        msgspec.structs.replace(await known(one.store, number), publication_number="", title="", family_id=None)
        for number in ("CN110007813A", "CN110007814A")
    ]
    assert contents[0] == contents[1]
    assert (contents[0].abstract, contents[0].applicants[0].region) == (TEXT.abstract, "4401")
    assert await one.accept(ROW, TEXT, other_text, other_row) == ["unchanged"] * 4
    told = [(event.change, event.enriched, event.changed) for event in await one.seen()]
    assert sorted(told) == [
        (Change.CORRECTED, True, ("abstract",)),
        (Change.CORRECTED, True, ("applicants",)),
        (Change.NEW, False, ()),
        (Change.NEW, False, ()),
    ]


async def test_a_correction_is_told_with_what_it_changed_and_never_back(processes: tuple[Process, Process]) -> None:
    one, _ = processes
    corrected = msgspec.structs.replace(ROW, title="一种全固态电池")
    assert await one.accept(ROW, corrected, ROW, corrected) == ["accepted", "corrected", "unchanged", "unchanged"]
    assert await one.accept(ROW) == ["unchanged"]
    (event,) = (event for event in await one.seen() if event.change is Change.CORRECTED)
    assert (event.changed, event.difference) == (("title",), "名称：“一种固态电池” → “一种全固态电池”")


async def test_two_processes_that_read_two_records_of_one_number_at_once_lose_nothing(
    processes: tuple[Process, Process],
) -> None:
    numbers = [f"CN1100{n:05}A" for n in range(40)]
    rows, texts = ([msgspec.structs.replace(p, publication_number=n) for n in numbers] for p in (ROW, TEXT))
    await asyncio.gather(processes[0].accept(*rows), processes[1].accept(*texts))
    for number in numbers:
        both = await known(processes[0].store, number)
        assert (both.abstract, both.applicants[0].region) == (TEXT.abstract, "4401")
    assert await processes[0].accept(*rows, *texts) == ["unchanged"] * 80


async def test_what_was_told_before_a_crash_is_told_again_and_stored_once(processes: tuple[Process, Process]) -> None:
    one, other = processes
    save = one.store.publications.save

    async def dies(_versions: object) -> list[str]:
        raise ConnectionError

    one.store.publications.save = dies
    with pytest.raises(ConnectionError):
        await one.accept(ROW)
    one.store.publications.save = save
    assert await other.accept(ROW, GRANT) == ["accepted", "accepted"]
    assert len(await families(one.store, ROW, GRANT)) == 1
    assert len({event.publication.family_id for event in await one.seen()}) == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
async def test_application_grant_and_utility_model_are_one_family_in_whatever_order(
    processes: tuple[Process, Process], order: tuple[int, ...]
) -> None:
    three = (ROW, GRANT, MODEL)
    for place, turn in enumerate(order):
        await processes[place % 2].accept(three[turn])
    assert len(await families(processes[0].store, *three)) == 1
    corrected = msgspec.structs.replace(GRANT, agency="某代理事务所")
    assert await processes[1].accept(corrected) == ["enriched"]
    assert len({event.publication.family_id for event in await processes[0].seen()}) == 1


@pytest.mark.parametrize("application", [None, APPLICATION])
async def test_a_corrected_title_leaves_a_publication_in_the_family_in_which_it_was_told(
    processes: tuple[Process, Process], application: str | None
) -> None:
    told = msgspec.structs.replace(ROW, application_number=None)
    corrected = msgspec.structs.replace(told, title="一种固态电池包", application_number=application)
    model = msgspec.structs.replace(MODEL, title=corrected.title, application_number=None)
    for one in (told, corrected, model):
        await processes[0].accept(one)
    versions = (await processes[0].store.publications.histories([ROW.publication_number]))[ROW.publication_number]
    assert len({one.publication.family_id for one in versions}) == 1
    assert len(await families(processes[0].store, ROW, MODEL)) == 1


async def test_a_family_in_one_batch_and_in_two_processes_at_once_is_one(processes: tuple[Process, Process]) -> None:
    await asyncio.gather(processes[0].accept(ROW, MODEL), processes[1].accept(GRANT))
    assert len(await families(processes[0].store, ROW, GRANT, MODEL)) == 1


async def test_the_office_s_family_joins_what_says_it_also_when_it_comes_last(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    abroad = msgspec.structs.replace(
        ROW,
        publication_number="US2020012345A1",
        kind="A1",
        application_number="US16123456",
        family_id="63245",
        source="ops-xml",
    )
    await one.accept(ROW, abroad)
    assert len(await families(one.store, ROW, abroad)) == 2
    assert await one.accept(msgspec.structs.replace(ROW, family_id="63245", source="ops-xml")) == ["unchanged"]
    assert await one.accept(GRANT) == ["accepted"]
    assert len(await families(one.store, GRANT, abroad)) == 1


async def test_what_binds_nothing_has_no_family(processes: tuple[Process, Process]) -> None:
    one, _ = processes
    design = msgspec.structs.replace(ROW, publication_number="CN305123456S", kind="S", application_number=None)
    await one.accept(design)
    assert await families(one.store, design) == {None}


async def test_a_legal_event_finds_its_patent_in_the_store_or_in_its_own_batch(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    pledge = msgspec.structs.replace(
        TRANSFER, publication_number="CN110007813B", kind="B", event="pledge", application_number=None
    )
    assert await one.accept(TRANSFER, pledge) == ["unknown-publication"] * 2
    assert sorted(await one.accept(TRANSFER, ROW)) == ["accepted", "accepted"]
    assert await one.accept(GRANT, pledge) == ["accepted", "accepted"]
    happened = (event.publication for event in await one.seen() if event.publication.event in {"transfer", "pledge"})
    events = sorted(happened, key=item_key)
    assert [(event.publication_number, event.title, event.ipc) for event in events] == [
        ("CN110007813A", ROW.title, ROW.ipc),
        ("CN110007813B", GRANT.title, GRANT.ipc),
    ]
    assert [await known(one.store, item_key(event)) for event in events] == events
    assert await one.store.publications.count() == 2


async def test_a_legal_event_is_told_once_however_its_patent_is_named(processes: tuple[Process, Process]) -> None:
    one, _ = processes
    await one.accept(ROW, GRANT)
    by_number = [
        msgspec.structs.replace(TRANSFER, publication_number=number, kind=number[-1], application_number=None)
        for number in ("CN110007813A", "CN110007813B")
    ]
    assert await one.accept(TRANSFER) == ["accepted"]
    assert await one.accept(TRANSFER, *by_number) == ["unchanged"] * 3
    assert await one.accept(msgspec.structs.replace(TRANSFER, event_on=date(2025, 3, 19))) == ["accepted"]


async def test_what_two_sources_tell_of_a_patent_and_a_day_is_one_event_in_the_words_of_both(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    await one.accept(ROW, GRANT)
    english = msgspec.structs.replace(
        TRANSFER, publication_number="CN110007813B", kind="B", event_detail="Patentee after: B Co", source="ops-xml"
    )
    assert await one.accept(english, TRANSFER) == ["accepted", "unchanged"]
    assert await one.accept(TRANSFER, english) == ["unchanged"] * 2
    (event,) = await one.store.publications.events("CN110007813B")
    assert event.publication.event_detail == "Patentee after: B Co"
    assert event.in_other_words == {"legal-csv": "专利权的转移：甲公司 → 乙公司"}
    assert [told.publication.event for told in await one.seen()].count("transfer") == 1


async def test_two_events_of_a_day_stay_two_however_many_sources_tell_of_them(
    processes: tuple[Process, Process],
) -> None:
    one, _ = processes
    await one.accept(ROW)
    pledges = [
        msgspec.structs.replace(TRANSFER, event="pledge", event_detail=f"{bank} {source}", source=source)
        for source in ("ops-xml", "legal-csv")
        for bank in ("甲银行", "乙银行")
    ]
    assert await one.accept(*pledges[:2]) == ["accepted"] * 2
    assert await one.accept(*pledges[2:]) == ["unchanged"] * 2
    assert await one.accept(*pledges) == ["unchanged"] * 4
    events = await one.store.publications.events(ROW.publication_number)
    assert sorted(words for event in events for words in event.in_other_words.values()) == [
        "乙银行 legal-csv",
        "甲银行 legal-csv",
    ]


async def test_events_that_may_be_anything_are_not_taken_for_one(processes: tuple[Process, Process]) -> None:
    one, _ = processes
    await one.accept(ROW)
    unknown = msgspec.structs.replace(TRANSFER, event="other")
    elsewhere = msgspec.structs.replace(unknown, event_detail="something", source="ops-xml")
    undated = [msgspec.structs.replace(event, event="lapse", event_on=None) for event in (unknown, elsewhere)]
    assert await one.accept(unknown, elsewhere, *undated) == ["accepted"] * 4

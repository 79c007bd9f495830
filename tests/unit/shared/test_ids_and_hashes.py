"""What is the same gets the same id; what differs, another."""

import hashlib
from datetime import date
from typing import Any

import msgspec
import pytest

from shared.bus.partitioner import murmur2, partition_of
from shared.ids import stable_id, stable_ids
from shared.sqlite.moments import from_microseconds, to_microseconds
from shared.wire.content import content_hash
from shared.wire.identity import item_key, number_of
from shared.wire.publication import Applicant, Publication
from tests.contract.made import NOW

PUBLICATION = Publication(publication_number="CN1A", kind="A", title="一种固态电池", source="gazette-csv")


def test_a_stable_id_is_the_same_on_every_try_and_machine() -> None:
    assert stable_id("d", "s-1", "CN1A") == "d-a72737b844a13aae7e5c6c3d"


@pytest.mark.parametrize("part", ["", "a" * 127, "a" * 128, "a" * 300, "知" * 42, "知" * 43])
def test_a_stable_id_is_a_hash_of_all_parts_each_behind_its_length_in_bytes(part: str) -> None:
    written = b"".join(len(raw).to_bytes(8, "big") + raw for raw in (b"s-1", part.encode(), b"x"))
    assert stable_id("d", "s-1", part, "x") == f"d-{hashlib.sha256(written).hexdigest()[:24]}"


def test_ids_that_begin_alike_are_those_that_are_made_one_by_one() -> None:
    rests = ((), ("CN1A",), ("CN1A", "", "知\ud800"))
    made = stable_ids("d", ("box", "s-1"), rests)
    assert made == [stable_id("d", "box", "s-1", *parts) for parts in rests]


def test_a_stable_id_keeps_order_borders_and_odd_characters_apart() -> None:
    ids = {
        stable_id("d", "ab", "c"),
        stable_id("d", "a", "bc"),
        stable_id("d", "c", "ab"),
        stable_id("d", "abc"),
        stable_id("d", "abc", ""),
        stable_id("q", "abc"),
        stable_id("d", "\ud800"),
    }
    assert len(ids) == 7


def test_the_same_content_has_the_same_hash_wherever_it_was_read() -> None:
    elsewhere = msgspec.structs.replace(PUBLICATION, source="cnipa-xml")
    assert content_hash(PUBLICATION) == content_hash(elsewhere)
    assert len(content_hash(PUBLICATION)) == 32


@pytest.mark.parametrize(
    "change",
    [
        {"title": "一种全固态电池"},
        {"abstract": ""},
        {"published_on": date(2026, 1, 2)},
        {"applicants": (Applicant(name="中兴通讯股份有限公司"),)},
        {"ipc": ("H01M10/0525",)},
        {"event": "grant"},
    ],
)
def test_any_other_word_changes_the_hash(change: dict[str, object]) -> None:
    assert content_hash(msgspec.structs.replace(PUBLICATION, **change)) != content_hash(PUBLICATION)


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        ("21", -973932308),
        ("foobar", -790332482),
        ("a-little-bit-long-string", -985981536),
        ("a-little-bit-longer-string", -1486304829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        ("abc", 479470107),
    ],
)
def test_the_hash_of_a_key_is_kafkas_own(key: str, signed: int) -> None:
    """The numbers are those of Kafka's own test, ``UtilsTest.testMurmur2``."""
    assert murmur2(key.encode()) == signed % 2**32


def test_keys_spread_over_all_partitions() -> None:
    assert {partition_of(f"CN{n}A", 4) for n in range(100)} == {0, 1, 2, 3}
    assert partition_of("CN1A", 1) == 0


def test_moments_keep_their_microseconds() -> None:
    assert from_microseconds(to_microseconds(NOW)) == NOW
    assert to_microseconds(NOW) % 1_000_000 == 123_456


def test_a_record_has_the_hash_that_it_had_before_events_families_and_types_were_told() -> None:
    told = Publication(
        publication_number="CN110007813A",
        kind="A",
        title='一种",终端\\"图标",整理方法',
        published_on=date(2019, 7, 12),
        filed_on=date(2017, 9, 19),
        application_number="201710854123.4",
        family_id="f-1",
        applicants=(
            Applicant(name="中兴通讯股份有限公司", address="广东省深圳市南山区", postcode="518057", region="440305"),
            Applicant(name="张三", type="person", country="CN"),
        ),
        inventors=("李四",),
        ipc=("G06F3/0481",),
    )
    assert content_hash(told) == "43c239ff28cc7414df0e96f536abefb2"


def test_a_document_is_known_by_its_number_and_an_event_by_what_happened() -> None:
    transfer = msgspec.structs.replace(
        PUBLICATION, event="transfer", event_on=date(2026, 3, 6), event_detail="转让：甲公司 → 乙公司"
    )
    known = item_key(transfer)
    assert item_key(PUBLICATION) == item_key(msgspec.structs.replace(PUBLICATION, event="grant")) == "CN1A"
    assert known.startswith("CN1A:transfer:2026-03-06:")
    assert number_of(known) == number_of("CN1A") == "CN1A"
    assert item_key(msgspec.structs.replace(transfer, title="一种电池", event_detail="转让：甲公司→乙公司")) == known
    others: list[dict[str, Any]] = [{"event_on": None}, {"event": "pledge"}, {"event_detail": "转让：乙公司 → 丙公司"}]
    assert len({known, *(item_key(msgspec.structs.replace(transfer, **other)) for other in others)}) == 4

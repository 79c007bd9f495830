"""Records become documents and come back as they were; what MongoDB cannot hold is written so that it can."""

from datetime import UTC, datetime

import bson
import msgspec
import pytest

from shared.store.extents import Extent
from shared.store.incoming import IngestRun, RunState
from shared.store.mongo import (
    alert_documents,
    delivery_documents,
    destinations,
    profiles,
    publications,
    quarantine,
    runs,
    subscriptions,
    told,
)
from shared.store.mongo.documents import CODEC, Document, lean
from shared.store.mongo.schema import COLLECTIONS
from shared.store.records import Attempt, DeliveryState
from shared.wire.profile import Profile, Rule, Term
from tests.contract.made import NOW, alert, delivery, destination, item, later, publication, subscription, version

EXTENT = Extent(wording=1, bytes=171, characters=66, shape=151, body=0)


def travelled(document: Document) -> Document:
    """Return a document as it comes back from the server."""
    return bson.decode(bson.encode(document), CODEC)


@pytest.mark.parametrize("microsecond", [0, 1, 999, 1000, 123_456, 999_999])
def test_a_moment_comes_back_to_the_microsecond(microsecond: int) -> None:
    at = datetime(1969, 12, 31, 23, 59, 59, microsecond, tzinfo=UTC)
    run = IngestRun(id="r-1", source="watch", name="a.csv", state=RunState.DONE, started_at=at)
    assert runs.SHAPE.record(travelled(runs.SHAPE.document(run))) == run


def test_names_from_outside_may_hold_what_field_names_may_not() -> None:
    awkward = {"$where": "1", "a.b": "2", "": "3", "_id": "4"}
    put = msgspec.structs.replace(destination(), options=awkward)
    assert destinations.SHAPE.record(travelled(destinations.SHAPE.document(put))) == put
    quarantined = msgspec.structs.replace(item(), context=awkward)
    assert quarantine.SHAPE.record(travelled(quarantine.SHAPE.document(quarantined, chunks=1))) == quarantined


def test_fields_that_hold_nothing_are_left_out() -> None:
    assert lean({"a": None, "b": [{"c": None, "d": 0}], "e": ""}) == {"b": [{"d": 0}], "e": ""}
    assert "owner" not in delivery_documents.new_document(delivery())


def test_a_profile_with_terms_of_every_form_comes_back() -> None:
    rule = Rule(groups=(("电池", Term(text="电机", weight=0.5, synonyms=("马达",))),), none=("铅酸",), ipc=("H01M*",))
    put = Profile(id="p-1", name="x", rules=(rule,), min_score=0.0)
    assert profiles.SHAPE.record(travelled(profiles.document(put, NOW))) == put


def test_an_alert_comes_back_with_what_it_tells() -> None:
    put = msgspec.structs.replace(alert(family_key="f-1"), due_at=later(5), extent=EXTENT)
    content = told.Told(put.publication, put.family_key)
    document = travelled(alert_documents.document(put, told.name_of(content)))
    assert alert_documents.record(document, told.record(travelled(told.document(content)))) == put


@pytest.mark.parametrize("changed", [{"whys": "[]"}, {"told": "CN1A another"}])
def test_an_extent_that_an_older_version_left_beside_what_it_changed_is_not_believed(changed: Document) -> None:
    put = msgspec.structs.replace(alert(), extent=EXTENT)
    content = told.Told(put.publication, put.family_key)
    document = {**alert_documents.document(put, told.name_of(content)), **changed}
    assert alert_documents.record(document, content).extent is msgspec.UNSET


def test_what_is_told_has_one_name_for_one_content() -> None:
    name = told.name_of(told.Told(publication(), None))
    assert name == told.name_of(told.Told(publication(), None))
    others = [told.Told(publication(), "f-1"), told.Told(publication(title="改"), None)]
    assert len({name, *map(told.name_of, others)}) == 3
    assert name.startswith("CN1A ")


def test_the_longest_ids_of_alerts_do_not_meet() -> None:
    keys = [alert(s, subscription_id=n, destination_id=d).key for s, n, d in (("A", "b", "cd"), ("A", "bc", "d"))]
    assert len(set(map(alert_documents.id_of, keys))) == 2


def started(document: Document, number: int) -> Document:
    begun = Attempt(delivery_id="m-1", destination_id="d-1", number=number, started_at=NOW)
    tries = [*document["tries"], delivery_documents.try_document(begun)]
    return {**document, "tries": tries, "attempts": number, "state": "sending"}


def attempt(number: int, outcome: DeliveryState, *, ambiguous: bool = False) -> Attempt:
    return Attempt(
        delivery_id="m-1", destination_id="d-1", number=number, started_at=NOW, outcome=outcome, ambiguous=ambiguous
    )


def test_an_attempt_ends_once_unless_the_vendor_took_the_message() -> None:
    document = started(delivery_documents.new_document(delivery()), 1)
    dead = delivery_documents.ended(document, attempt(1, DeliveryState.DEAD), NOW, None)
    assert dead is not None
    assert delivery_documents.ended(dead, attempt(1, DeliveryState.WAITING), NOW, NOW) is None
    sent = delivery_documents.ended(dead, attempt(1, DeliveryState.SENT), later(3), None)
    assert sent is not None
    assert delivery_documents.SHAPE.record(travelled(sent)).sent_at == later(3)
    assert delivery_documents.ended(sent, attempt(1, DeliveryState.DEAD), NOW, None) is None


def test_a_delivery_follows_its_last_attempt_only() -> None:
    document = started(started(delivery_documents.new_document(delivery()), 1), 2)
    changed = delivery_documents.ended(document, attempt(1, DeliveryState.SENT, ambiguous=True), NOW, None)
    assert changed is not None
    assert changed["state"] == "sending"
    assert changed["ambiguous"] == 1
    assert changed["revision"] == 1
    assert [tried["outcome"] for tried in changed["tries"]] == ["sent", "sending"]


WRITTEN: dict[str, Document] = {
    "publications": publications.document(version(publication())),
    "publication_versions": publications.earlier_document(version(publication(published_on=None))),
    "profiles": profiles.document(Profile(id="p-1", rules=(Rule(ipc=("H01M*",)),)), NOW),
    "subscriptions": subscriptions.SHAPE.document(subscription()),
    "alerts": alert_documents.document(msgspec.structs.replace(alert(), extent=EXTENT), "CN1A x"),
    "told_publications": told.document(told.Told(publication(), "f-1")),
    "deliveries": started(delivery_documents.new_document(delivery()), 1),
    "quarantine_items": quarantine.SHAPE.document(item(), chunks=1),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_documents_have_the_fields_that_their_rule_asks_for_and_no_others(name: str) -> None:
    rule = COLLECTIONS[name].rule
    assert set(rule["required"]) <= WRITTEN[name].keys() <= set(rule["properties"])

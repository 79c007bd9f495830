"""What every kind of document with an owner says of itself holds together, and a seal hides all but what it is found by."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.fernet import Fernet

from shared.errors import MisconfiguredError
from shared.filing.kinds import KINDS
from shared.secret_box import SecretBox
from shared.store.filed import Kind
from shared.store.filing import Filing
from shared.store.mongo.filed_documents import SHAPE, document
from shared.store.mongo.schema import COLLECTIONS
from shared.store.mongo.schema_intake import INTAKE
from shared.store.mongo.schema_publications import PUBLICATIONS
from shared.store.mongo.schema_telling import TELLING

SAMPLES = Path(__file__).parents[3] / "wire" / "samples"
BOX = SecretBox(Fernet.generate_key().decode())


def sample(kind: Kind[Any]) -> msgspec.Struct:
    raw = (SAMPLES / f"{kind.document.__name__}.v1.json").read_bytes()
    decoded: msgspec.Struct = msgspec.json.decode(raw, type=kind.document)
    return decoded


def test_kinds_have_names_of_their_own_that_a_table_can_have_and_a_title() -> None:
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names)
    assert not set(names) & {*PUBLICATIONS, *TELLING, *INTAKE, "match_counts", "filed_lookups"}
    assert [name for name in names if not name.isidentifier() or name != name.lower()] == []
    assert [kind.name for kind in KINDS if not kind.title] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_document_comes_back_from_its_record(kind: Kind[Any]) -> None:
    filing = Filing(kind, BOX)
    record = filing.record(sample(kind), revision=3)
    filed = filing.filed(record)
    assert (filed.document, filed.revision) == (sample(kind), 3)
    assert SHAPE.record(document(record)) == record


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_its_record_has_the_fields_that_the_rule_of_its_collection_allows(kind: Kind[Any]) -> None:
    rule = COLLECTIONS[kind.name].rule
    written = document(Filing(kind, BOX).record(sample(kind)))
    assert set(rule["required"]) <= written.keys() <= set(rule["properties"])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.sealed], ids=lambda kind: kind.name)
def test_of_what_is_sealed_no_address_is_read(kind: Kind[Any]) -> None:
    record = Filing(kind, BOX).record(sample(kind))
    assert "@" not in msgspec.json.encode(record).decode()
    with pytest.raises(json.JSONDecodeError):
        json.loads(record.text)


class Counting(SecretBox):
    """A box that counts how often it is opened."""

    opened = 0

    def open(self, sealed: bytes) -> str:
        self.opened += 1
        return super().open(sealed)


def test_what_was_opened_lately_is_not_opened_again_but_what_was_changed_is() -> None:
    kind = next(kind for kind in KINDS if kind.sealed)
    box = Counting(Fernet.generate_key().decode())
    filing = Filing(kind, box)
    before = filing.record(sample(kind))
    assert [filing.filed(before).document for _ in range(3)] == [sample(kind)] * 3
    assert box.opened == 1
    assert filing.filed(filing.record(sample(kind), revision=2)).document == sample(kind)
    assert box.opened == 2


def test_what_was_sealed_with_another_key_is_refused_each_time() -> None:
    kind = next(kind for kind in KINDS if kind.sealed)
    stranger = Filing(kind, SecretBox(Fernet.generate_key().decode()))
    record = Filing(kind, BOX).record(sample(kind))
    for _ in range(2):
        with pytest.raises(MisconfiguredError):
            stranger.filed(record)

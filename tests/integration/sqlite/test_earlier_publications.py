"""Publications that an earlier version stored."""

from pathlib import Path

import msgspec

from shared.embedded import MIGRATIONS
from shared.sqlite.database import open_database
from shared.store.embedded import intake_schema
from shared.store.embedded.publications import EmbeddedPublications
from tests.contract.made import publication, version


async def test_what_an_earlier_version_stored_is_found_by_its_application(tmp_path: Path) -> None:
    application = "201710854123.4"
    stored = version(msgspec.structs.replace(publication(), application_number=application))
    old = msgspec.to_builtins(stored)
    for field in ("source", "said_by"):
        del old[field]
    row = ("CN1A", "2026-01-02", stored.content_hash, msgspec.json.encode(old))
    async with open_database(tmp_path / "zhitui.db", MIGRATIONS[: MIGRATIONS.index(intake_schema.V2)]) as database:
        insert = "INSERT INTO publications (number, published_on, content_hash, doc) VALUES (?, ?, ?, ?)"
        await database.write(lambda connection: connection.execute(insert, row))
    async with open_database(tmp_path / "zhitui.db", MIGRATIONS) as database:
        publications = EmbeddedPublications(database)
        assert await publications.documents(numbers=[], applications=[application]) == [stored]
        assert await publications.histories(["CN1A"]) == {"CN1A": [stored]}

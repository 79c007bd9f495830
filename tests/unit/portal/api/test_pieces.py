"""The small parts of the API."""

import msgspec
import pytest

from services.portal.api.endpoint import Ask, endpoint
from services.portal.api.languages import language_of
from services.portal.api.paging import Cursors
from services.portal.api.problems import UnreadableError
from services.portal.api.reading import decoded
from services.portal.api.routes import ENDPOINTS
from services.portal.api.tags import revision_in, tag
from services.portal.desk.actor import Actor, Role, Way
from services.portal.desk.refusals import InvalidError, StaleError
from shared.store.filed import Position
from zhitui.client import Client

ACTOR = Actor(account_id="a", organisation_id="o", role=Role.OWNER, way=Way.TOKEN)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ((), "zh"),
        (("*",), "zh"),
        (("en",), "en"),
        (("EN-us",), "en"),
        (("zh;q=0.2,en;q=0.3",), "en"),
        (("zh", "en"), "zh"),
        (("de,en;q=nan",), "zh"),
        (("en;level=1",), "zh"),
        ((",,;;==",), "zh"),
    ],
)
def test_the_language_that_weighs_more_is_spoken(accepted: tuple[str, ...], language: str) -> None:
    assert language_of(accepted) == language


def test_a_tag_comes_back_as_its_revision() -> None:
    assert revision_in([tag(17)]) == 17


@pytest.mark.parametrize(
    "values", [["17"], ['W/"17"'], ['"17", "18"'], ['"17"', '"17"'], ['"-1"'], ['"' + "9" * 16 + '"']]
)
def test_what_was_never_a_tag_fits_no_revision(values: list[str]) -> None:
    with pytest.raises(StaleError):
        revision_in(values)


@pytest.mark.parametrize("values", [[], ["*"]])
def test_an_edit_must_say_what_it_was_written_against(values: list[str]) -> None:
    with pytest.raises(UnreadableError) as caught:
        revision_in(values)
    assert caught.value.status == 428


def test_a_position_is_read_only_where_it_was_made() -> None:
    cursors = Cursors(b"key")
    text = cursors.text(ACTOR, "things", Position("2026", "t-1"))
    assert cursors.position(ACTOR, "things", text) == Position("2026", "t-1")
    assert cursors.position(ACTOR, "things", None) is None
    other = Actor(account_id="a", organisation_id="p", role=Role.OWNER, way=Way.TOKEN)
    for cursor, actor, listing in (
        (cursors, other, "things"),
        (cursors, ACTOR, "others"),
        (Cursors(b"x"), ACTOR, "things"),
    ):
        with pytest.raises(InvalidError):
            cursor.position(actor, listing, text)


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    sizes: list[int] = []
    names: dict[str, int] = {}


@pytest.mark.parametrize(
    ("raw", "pointers"),
    [
        (b"{}", {"/name"}),
        (b'{"name": 1, "sizes": [1, "2"], "other": 0}', {"/name", "/sizes/1", "/other"}),
        (b'{"name": "x", "names": {"a/b": "c"}}', {"/names"}),
        (b'"text"', {""}),
    ],
)
def test_faults_point_at_their_places(raw: bytes, pointers: set[str]) -> None:
    with pytest.raises(InvalidError) as caught:
        decoded(raw, Thing)
    assert {fault.pointer for fault in caught.value.faults} == pointers
    assert all(fault.text.zh and fault.text.en.isascii() for fault in caught.value.faults)


def test_an_endpoint_that_forgets_a_parameter_of_its_path_is_none() -> None:
    async def forgetful(ask: Ask) -> None:
        """Do something."""

    with pytest.raises(TypeError, match="thing_id"):
        endpoint("GET", "/things/{thing_id}")(forgetful)


def test_whatever_changes_something_needs_a_permission() -> None:
    assert all(one.needs for one in ENDPOINTS if one.path != "/me")


def test_whatever_replaces_or_removes_what_has_a_revision_must_name_it() -> None:
    revised = {one.path for one in ENDPOINTS if "revision" in getattr(one.answer, "__struct_fields__", ())}
    edits = [one for one in ENDPOINTS if one.method in {"PUT", "DELETE"} and one.path in revised]
    assert len(edits) >= 7
    assert all(one.edits for one in edits)


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [one.work.__name__ for one in ENDPOINTS]
    assert len(names) == len(set(names))


def test_a_client_does_not_show_its_token() -> None:
    client = Client("https://example.cn", "zhitui_secret")
    assert "zhitui_secret" not in repr(client.__dict__)

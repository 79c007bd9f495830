"""How the API answers, whatever is asked: problems in both languages, pages, keys, quotas, sizes, types."""

import asyncio
import json

import pytest

from services.portal.access.limits import TOKEN
from services.portal.api.reading import MAX_BODY_BYTES
from services.portal.desk.actor import Permission, Role
from tests.integration.portal.api.bench import Bench, Tenant
from tests.integration.portal.api.test_editing import BATTERY, MAIL

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_problem_speaks_the_language_that_is_asked_for(bench: Bench, ours: Tenant) -> None:
    for accepted, language, title in (
        ("en-GB,en;q=0.9,zh;q=0.5", "en", "Not found"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh", "找不到"),
        ("fr", "zh", "找不到"),
        ("en;q=0.1, zh;q=x", "en", "Not found"),
        ("en;q=0", "zh", "找不到"),
    ):
        status, headers, body = await bench.ask(ours.token, "GET", "/profiles/pf-1", Accept_Language=accepted)
        assert (status, body["title"], headers["Content-Language"]) == (404, title, language), accepted
        assert headers["Content-Type"] == "application/problem+json"
        assert (body["status"], body["type"]) == (404, "/problems/not-found")


async def test_who_shows_no_token_or_a_wrong_one_is_asked_for_one(bench: Bench) -> None:
    for token in (None, "zhitui_nothing", "", "zhitui_" + "x" * 3000):
        status, headers, body = await bench.ask(token, "GET", "/profiles")
        assert (status, body["code"]) == (401, "not-signed-in")
        assert headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_token_may_what_its_scopes_say(bench: Bench, ours: Tenant) -> None:
    reader = await bench.token(ours.actor, Permission.READ)
    assert (await bench.ask(reader, "GET", "/profiles"))[0] == 200
    status, _, body = await bench.ask(reader, "POST", "/profiles", BATTERY)
    assert (status, body["code"]) == (403, "forbidden")
    _, _, me = await bench.ask(reader, "GET", "/me")
    assert me["scopes"] == ["read"]


async def test_every_member_that_is_wrong_is_pointed_at(bench: Bench, ours: Tenant) -> None:
    draft = {"nam": "x", "rules": [{"groups": [["a"]], "ipcs": []}], "min_score": 3, "fuzziness": "very", "a/b~c": 1}
    status, _, body = await bench.ask(ours.token, "POST", "/profiles", draft, Accept_Language="en")
    assert status == 422
    assert {fault["pointer"] for fault in body["faults"]} == {
        "/nam",
        "/rules/0/ipcs",
        "/min_score",
        "/fuzziness",
        "/a~1b~0c",
    }
    assert all(fault["detail"].isascii() for fault in body["faults"])
    _, _, body = await bench.ask(ours.token, "POST", "/profiles", draft)
    assert not any(fault["detail"].isascii() for fault in body["faults"])


UNTAKABLE: tuple[tuple[bytes, int], ...] = (
    (b"", 400),
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b"[" * 100_000, 400),
    (b"[]", 422),
    (b'{"rules": [{"groups": [["\\ud800"]]}]}', 400),
    (b'{"name": "' + b"x" * MAX_BODY_BYTES + b'"}', 413),
    (json.dumps({**BATTERY, "name": "a\nSet-Cookie: b=c"}).encode(), 422),
    (json.dumps({**BATTERY, "name": "x" * 101}).encode(), 422),
)


async def test_a_body_that_cannot_be_taken_is_a_problem_and_changes_nothing(bench: Bench, ours: Tenant) -> None:
    for body, status in UNTAKABLE:
        got, _, problem = await bench.ask(ours.token, "POST", "/profiles", body, Content_Type="application/json")
        assert (got, problem["status"]) == (status, status), body[:40]
    assert await bench.listed(ours.token, "/profiles") == []


async def test_only_json_is_taken(bench: Bench, ours: Tenant) -> None:
    raw = json.dumps(BATTERY).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"):
        status, _, body = await bench.ask(ours.token, "POST", "/profiles", raw, Content_Type=kind)
        assert (status, body["code"]) == (415, "not-json"), kind
    status, _, _ = await bench.ask(ours.token, "POST", "/profiles", raw, Content_Type="application/json; charset=utf-8")
    assert status == 201


async def test_an_address_or_a_method_that_is_none_is_a_problem_too(bench: Bench, ours: Tenant) -> None:
    status, _, body = await bench.ask(ours.token, "GET", "/nothing/here")
    assert (status, body["code"]) == (404, "no-such-address")
    status, headers, body = await bench.ask(ours.token, "DELETE", "/profiles")
    assert (status, body["code"], headers["Allow"]) == (405, "no-such-method", "GET, POST")


async def test_a_question_that_is_wrong_is_pointed_at(bench: Bench, ours: Tenant) -> None:
    for query in ("limit=0", "limit=101", "limit=x", "colour=red", "limit=1&limit=2", "after=AAAA", "after=%00"):
        status, _, body = await bench.ask(ours.token, "GET", f"/profiles?{query}")
        assert (status, body["faults"][0]["pointer"]) == (422, "/" + query.partition("=")[0])


async def test_a_position_that_the_search_never_gave_is_refused_in_its_words(bench: Bench, ours: Tenant) -> None:
    status, _, body = await bench.ask(ours.token, "GET", "/publications?after=%3E%C3%A0")
    assert (status, body["code"], body["detail"]) == (422, "invalid", "翻页标记无效；请从第一页重新开始。")
    _, _, body = await bench.ask(ours.token, "GET", "/publications?after=x", Accept_Language="en")
    assert body["detail"].isascii()


async def test_a_listing_is_complete_while_others_are_made_and_removed(bench: Bench, ours: Tenant) -> None:
    made = [(await bench.ask(ours.token, "POST", "/destinations", {**MAIL, "name": str(n)}))[2]["id"] for n in range(9)]
    seen, after = [], ""
    while True:
        _, _, page = await bench.ask(ours.token, "GET", f"/destinations?limit=2{after}")
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
        await bench.ask(ours.token, "DELETE", f"/destinations/{seen[0]}", If_Match='"1"')
        await bench.ask(ours.token, "POST", "/destinations", {**MAIL, "name": "neu"})
        assert len(seen) < 60
    assert [one for one in seen if one in made] == sorted(made), "all were made at one moment"
    assert len(seen) == len(set(seen))


async def test_a_position_counts_for_its_listing_and_its_organisation_alone(
    bench: Bench, ours: Tenant, theirs: Tenant
) -> None:
    for _ in range(2):
        await bench.ask(ours.token, "POST", "/destinations", MAIL)
    _, _, page = await bench.ask(ours.token, "GET", "/destinations?limit=1")
    assert (await bench.ask(ours.token, "GET", f"/destinations?after={page['next']}"))[0] == 200
    assert (await bench.ask(ours.token, "GET", f"/profiles?after={page['next']}"))[0] == 422
    assert (await bench.ask(theirs.token, "GET", f"/destinations?after={page['next']}"))[0] == 422
    assert (await bench.ask(ours.token, "GET", f"/destinations?after={page['next'][:-2]}xx"))[0] == 422


async def test_a_request_that_is_sent_again_with_its_key_is_done_once(bench: Bench, ours: Tenant) -> None:
    hook = {"channel": "webhook", "address": "https://93.184.216.34/hook"}
    answers = [await bench.ask(ours.token, "POST", "/destinations", hook, Idempotency_Key='"k-1"') for _ in range(3)]
    assert [status for status, _, _ in answers] == [201, 201, 201]
    assert answers[0][2] == answers[1][2] == answers[2][2], (
        "the secret is told again, too: the first answer may be lost"
    )
    assert answers[1][1]["Location"] == answers[0][1]["Location"]
    assert len(await bench.listed(ours.token, "/destinations")) == 1
    status, _, body = await bench.ask(ours.token, "POST", "/destinations", MAIL, Idempotency_Key='"k-1"')
    assert (status, body["code"]) == (422, "idempotency-key-reused")
    status, _, body = await bench.ask(ours.token, "POST", "/destinations", MAIL, Idempotency_Key="a b")
    assert (status, body["code"]) == (400, "bad-idempotency-key")


async def test_of_the_same_request_at_once_one_is_done(bench: Bench, ours: Tenant) -> None:
    answers = await asyncio.gather(
        *(bench.ask(ours.token, "POST", "/profiles", BATTERY, Idempotency_Key="k-2") for _ in range(6))
    )
    assert {status for status, _, _ in answers} <= {201, 409}
    assert len(await bench.listed(ours.token, "/profiles")) == 1


async def test_a_key_belongs_to_who_brings_it_and_a_refusal_is_not_kept(
    bench: Bench, ours: Tenant, theirs: Tenant
) -> None:
    bad = {**BATTERY, "rules": [{"groups": [["写错了"]]}]}
    assert (await bench.ask(ours.token, "POST", "/profiles", bad, Idempotency_Key="k"))[0] == 422
    assert (await bench.ask(ours.token, "POST", "/profiles", BATTERY, Idempotency_Key="k"))[0] == 201
    status, _, made = await bench.ask(theirs.token, "POST", "/profiles", BATTERY, Idempotency_Key="k")
    assert status == 201
    assert (await bench.ask(theirs.token, "GET", f"/profiles/{made['id']}"))[0] == 200


async def test_what_a_kept_answer_holds_cannot_be_read_in_the_store(bench: Bench, ours: Tenant) -> None:
    hook = {"channel": "webhook", "address": "https://93.184.216.34/hook"}
    _, _, made = await bench.ask(ours.token, "POST", "/destinations", hook, Idempotency_Key="k-3")
    secret = made["told"].split("whsec_")[1].encode()
    files = [path.read_bytes() for path in bench.around.settings.data_dir.rglob("*") if path.is_file()]
    assert files
    assert not any(secret in raw for raw in files)


async def test_a_token_that_asks_too_often_is_told_when_to_come_again(bench: Bench, ours: Tenant) -> None:
    _, headers, _ = await bench.ask(ours.token, "GET", "/me")
    assert headers["RateLimit-Policy"] == f'"token";q={TOKEN.quota};w={TOKEN.window_seconds}'
    assert f"r={TOKEN.quota - 1};" in headers["RateLimit"]
    for _ in range(TOKEN.quota // 50):
        answers = await asyncio.gather(*(bench.ask(ours.token, "GET", "/me") for _ in range(50)))
    status, headers, body = max(answers, key=lambda answer: answer[0])
    assert (status, body["code"]) == (429, "too-many-requests")
    assert int(headers["Retry-After"]) >= 1
    other = await bench.organisation("other")
    assert (await bench.ask(other.token, "GET", "/me"))[0] == 200


async def test_no_answer_may_be_kept_by_a_proxy_and_none_can_be_framed(bench: Bench, ours: Tenant) -> None:
    _, headers, _ = await bench.ask(ours.token, "GET", "/me")
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_a_viewer_reads_and_changes_nothing(bench: Bench) -> None:
    viewer = await bench.organisation("small", Role.VIEWER)
    assert (await bench.ask(viewer.token, "GET", "/profiles"))[0] == 200
    for method, path in (("POST", "/profiles"), ("POST", "/destinations"), ("POST", "/tokens"), ("GET", "/tokens")):
        assert (await bench.ask(viewer.token, method, path, BATTERY if method == "POST" else None))[0] == 403

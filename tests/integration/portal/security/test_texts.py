"""What strangers write, in every field that there is: it is text on every page, in every piece and in every file."""

import itertools
import time
from collections.abc import Iterator

import msgspec
from lxml import html

from services.portal.desk.drafts import DestinationChange, SubscriptionDraft
from services.portal.desk.inbox import Wanted
from services.portal.desk.organisations import Particulars
from shared.wire.profile import Rule
from tests.contract.made import alert, match, why
from tests.integration.portal.security.conftest import Town

MARKS = """"'><img src=x onerror=alert(1)><script>alert(2)</script><a href=javascript:alert(3)>{{7*7}}"""
SECONDS = 1.0
"""Of processor that no question may take, whatever it asks; ten times what the slowest takes."""


async def written_everywhere(town: Town) -> str:
    """Write it into all that an organisation has; return the address of a shared list."""
    desk, actor, things = town.house.desk, town.ours.actor, town.house.things
    one = await desk.profiles.get(actor, things["profile"])
    rules = (Rule(groups=(("电池", MARKS[:60]),)),)
    profile = msgspec.structs.replace(one.profile, name=MARKS[:90], rules=rules)
    await desk.profiles.replace(actor, profile.id, profile, revision=one.revision)
    place = await desk.destinations.get(actor, things["destination"])
    await desk.destinations.change(actor, place.card.id, DestinationChange(name=MARKS[:90]), revision=place.revision)
    told = await desk.subscriptions.get(actor, things["subscription"])
    draft = SubscriptionDraft(name=MARKS[:90], profiles=(profile.id,), destinations=(place.card.id,))
    await desk.subscriptions.replace(actor, told.card.id, draft, revision=told.revision)
    await desk.people.edit_me(actor, name=MARKS[:50], language="zh")
    organisation = await desk.organisations.mine(actor)
    await desk.organisations.edit(
        actor, Particulars(name=MARKS[:60], applicants=(MARKS[:60],)), revision=organisation.revision
    )
    found = alert(
        "CN2A",
        why(profile.id),
        title=f"电池{MARKS}",
        subscription_id=told.card.id,
        destination_id=place.card.id,
    )
    await town.house.desk.around.store.alerts.record([match(profile.id, number="CN2A")], [found])
    await desk.following_up.note(actor, "CN2A", MARKS)
    return f"/shared/{(await desk.sharing.share(actor, Wanted(), title=MARKS[:60], days=7)).token}"


def running(text: str) -> Iterator[str]:
    """Yield whatever would run, or draw what a stranger wrote."""
    for element in html.fromstring(text).iter("*"):
        if element.tag == "script" and (
            not element.get("src", "").startswith(("../", "./", "assets/")) or element.text
        ):
            yield f"<script> {element.get('src')}"
        if element.tag == "img":
            yield "<img>"
        yield from (
            f"{element.tag} {name}={value}"
            for name, value in ((str(name), str(value)) for name, value in element.items())
            if name.startswith("on") or value.strip().lower().startswith("javascript:")
        )


async def test_what_strangers_write_runs_on_no_page(town: Town) -> None:
    shared = await written_everywhere(town)
    town.house.things["match"] = "CN2A"
    ran, seen = [], 0
    for template, path in [*town.routes("GET"), ("shared", shared)]:
        if template.startswith(("/api", "/assets", "/metrics")):
            continue
        status, text = await town.get(path, town.owner)
        if status == 200 and text.lstrip().startswith("<!"):
            seen += "onerror" in text
            ran += [f"{template}: {one}" for one in running(text)]
    assert not ran
    assert seen >= 12, "the texts are not on the pages, so that this proves nothing"


LONG = (
    "电池" * 2_000,
    "a" * 4_000 + "!",
    "(a+)+$" * 600,
    "，" * 4_000,
    "=" * 4_000,
    "\u202e" * 3_000,
    "%" * 4_000,
    "0" * 4_000,
)
ASKED = (
    "/fields?q={}",
    "/inbox?q={0}&applicant={0}&profile={0}&week={0}&region={0}&judged={0}&after={0}",
    "/start?company={}",
    "/sign-in?next=/{}",
    "/organisation/log?after={}",
    "/api/v1/publications?text={}",
    "/api/v1/fields?q={}",
    "/api/v1/matches?since={}",
    "/deliveries/{}",
    "/profiles/{}",
)


async def test_no_question_takes_long_however_long_it_is(town: Town) -> None:
    for path, text in itertools.product(ASKED, LONG):
        began = time.process_time()
        status, _ = await town.get(path.format(text[:1_000] if path.count("{0}") else text), town.owner)
        assert time.process_time() - began < SECONDS, text[:10]
        assert status < 500, text[:10]


async def test_no_form_takes_long_however_long_its_texts_are(town: Town) -> None:
    paths = ("/profiles/live/count", "/profiles/live/examples", "/start", "/start/words", "/profiles/new")
    names = ("add:0.groups.0", "add:0.ipc", "description", "competitors", "company", "name", "email", "in:0.groups.0")
    for path, text in itertools.product(paths, LONG[:4]):
        began = time.process_time()
        async with town.house.bench.session.post(
            town.house.bench.address + path,
            headers=town.owner.headers,
            data={"csrf": town.owner.csrf, "way": "description", "rules": "20", **dict.fromkeys(names, text)},
            allow_redirects=False,
        ) as response:
            assert response.status < 500, (path, text[:10])
        assert time.process_time() - began < SECONDS, (path, text[:10])


INSIDE = (
    "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://[::ffff:127.0.0.1]/",
    "http://[::1]/", "http://[fe80::1%25eth0]/", "http://①②⑦.0.0.1/", "http://localhost./",
    "https://100.100.100.200/latest", "https://user:pass@127.0.0.1/", "https://example.com@127.0.0.1/", "gopher://127.0.0.1/",
    "https://127.0.0.1\\@example.com/", "https://0/", "//127.0.0.1/", "https://example.com:22/\r\nHost: x",
)  # fmt: skip


async def test_no_webhook_is_taken_down_that_leads_inside_however_it_is_written(town: Town) -> None:
    before = (await town.house.desk.destinations.page(town.ours.actor)).items
    for address in INSIDE:
        status, _, body = await town.house.bench.ask(
            town.ours.token, "POST", "/destinations", {"channel": "webhook", "address": address}
        )
        assert status == 422, address
        assert "pass@" not in str(body)
    assert (await town.house.desk.destinations.page(town.ours.actor)).items == before

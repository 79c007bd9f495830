"""Every form of the console, and every call of the API by a browser, sent by another site or by who may not."""

from services.portal.desk.actor import Role
from tests.integration.portal.security.conftest import Signed, Town

OPEN_TO_ALL = {
    "/u/{token}": "mail programs post here; the token is the right",
    "/u/confirm/{token}": "the token is the right",
    "/wecom/{corp}/callback": "the vendor's signature is the right",
}
"""Posts that need no token of a page of ours, and why."""

OF_EVERYBODY = {
    "/", "/language", "/sign-in", "/sign-in/code", "/sign-in/code/confirm", "/sign-out", "/sign-up", "/sign-up/confirm",
    "/join/{token}", "/forgotten", "/forgotten/confirm", "/organisation/account", "/organisation/account/password",
    "/organisation/account/sessions/{id}/end", "/organisation/account/export", "/organisation/account/leave",
    "/organisation/wecom/code", "/inbox", "/inbox/{id}", "/inbox/{id}/notes", "/inbox/{id}/assign", "/inbox/share",
    "/profiles/live/count", "/profiles/live/examples", "/profiles/live/words", "/profiles/live/ipc/{rule}", "/profiles/live/regions/{rule}", "/subscriptions/words", "/start",
}  # fmt: skip
"""Forms that members send who may only read: their own account, what they think of an alert, and what is only shown."""

SHOWN_FIRST = {"/profiles/new": "save", "/profiles/{id}": "save", "/start/words": "make"}
"""Forms that are shown again, with nothing done, until the button is pressed that saves."""


async def test_no_form_is_taken_without_a_token_of_a_page_of_ours_or_from_another_site(town: Town) -> None:
    before = await town.standing()
    stranger = Signed(town.owner.actor, town.owner.cookie, "made.up")
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    taken, walked = [], 0
    for template, path in town.routes("POST"):
        if template in OPEN_TO_ALL or template.startswith("/api/"):
            continue
        walked += 1
        if (status := await town.send(path, stranger)) != 403:
            taken.append(f"{template}: {status} without a token")
        if (status := await town.send(path, town.owner, **elsewhere)) != 403:
            taken.append(f"{template}: {status} from another site")
    assert not taken
    assert walked > 40
    assert await town.standing() == before


async def test_a_browsers_session_alone_changes_nothing_by_the_api(town: Town) -> None:
    before = await town.standing()
    done = []
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for template, path in town.routes(method):
            if not template.startswith("/api/v1/"):
                continue
            headers = {**town.owner.headers, "If-Match": '"1"', "Content-Type": "application/json"}
            async with town.house.bench.session.request(
                method, town.house.bench.address + path, headers=headers, data=b"{}"
            ) as response:
                if response.status != 403:
                    done.append(f"{method} {template}: {response.status}")
    assert not done
    assert await town.standing() == before


async def test_who_may_only_read_changes_nothing_of_the_organisation_by_any_form(town: Town) -> None:
    viewer = await town.colleague(Role.VIEWER)
    before = await town.standing()
    taken, walked = [], 0
    for template, path in town.routes("POST"):
        if template in OPEN_TO_ALL or template in OF_EVERYBODY or template.startswith("/api/"):
            continue
        walked += 1
        buttons = {SHOWN_FIRST.get(template, "remove"), SHOWN_FIRST.get(template, "save")}
        got = {button: await town.send(path, viewer, do=button) for button in buttons}
        taken += [f"{template}: {status} for {button}" for button, status in got.items() if status not in {403, 404}]
    assert not taken
    assert walked > 20
    assert await town.standing() == before


async def test_an_editor_manages_neither_people_nor_tokens_nor_data(town: Town) -> None:
    editor = await town.colleague(Role.EDITOR)
    before = await town.standing()
    for template, path in town.routes("POST"):
        if template.startswith("/organisation") and template not in OF_EVERYBODY:
            assert await town.send(path, editor) in {403, 404}, template
        if template in {"/fields/{code}/edit", "/fields/{code}/restore"}:
            assert await town.send(path, editor) == 403, template
    assert await town.standing() == before


async def test_who_is_not_signed_in_reads_no_page_of_an_organisation(town: Town) -> None:
    rooms = (
        "/start",
        "/profiles",
        "/inbox",
        "/destinations",
        "/subscriptions",
        "/fields",
        "/organisation",
        "/deliveries",
    )
    shown = []
    for template, path in town.routes("GET"):
        if template.startswith(rooms):
            status, text = await town.get(path)
            if status not in {303, 401, 404} or "CN1A" in text:
                shown.append(f"{template}: {status}")
        elif template.startswith("/api/v1/") and "{rest}" not in template:
            assert (await town.get(path))[0] == 401, template
    assert not shown

"""The editor's page does not wait for the past; what the past says comes after it."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from services.portal.console.editor.draft import Draft
from services.portal.console.editor.look import Live, Looks, Proposals
from services.portal.console.editor.page import rule_values
from services.portal.desk.refusals import Text

if TYPE_CHECKING:
    from services.portal.console.visit import Visit

ASKED = Live(why=Text("问过了", "asked"))


class Past(Looks):
    """A past that notes whether it was asked."""

    def __init__(self) -> None:
        self.asked = False

    async def live(self, draft: Draft) -> Live:
        del draft
        self.asked = True
        return ASKED

    async def proposals(self, draft: Draft) -> Proposals:
        del draft
        self.asked = True
        return Proposals(titles={"H01M10*": "二次电池"})

    async def titles(self, patterns: object) -> dict[str, str]:
        return dict.fromkeys(cast("list[str]", patterns), "二次电池")


def visit(method: str) -> "Visit":
    return cast("Visit", SimpleNamespace(request=SimpleNamespace(method=method), field=lambda _: "", form={}))


def drafted() -> Draft:
    draft = Draft()
    draft.items["0.groups.0"] = ["固态电池"]
    draft.items["0.ipc"] = ["H01M10*"]
    return draft


async def test_a_page_that_is_opened_asks_the_past_nothing_and_says_that_it_will() -> None:
    past = Past()
    values = await rule_values(visit("GET"), past, drafted())
    assert not past.asked
    assert values["comes_later"]
    assert values["live"] == Live()
    assert values["proposals"] == Proposals(titles={"H01M10*": "二次电池"})


@pytest.mark.parametrize(("method", "draft"), [("POST", drafted()), ("GET", Draft())])
async def test_a_pressed_button_and_a_form_that_asks_for_nothing_yet_are_answered_whole(
    method: str, draft: Draft
) -> None:
    past = Past()
    values = await rule_values(visit(method), past, draft)
    assert past.asked
    assert not values["comes_later"]
    assert values["live"] is ASKED

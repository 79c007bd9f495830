"""Who is told of a correction."""

from datetime import date

import msgspec
import pytest

from services.notifier.corrections import corrected_families, correction_alerts
from services.notifier.reading import read_found
from services.notifier.routes import Routes
from shared.store.records import Alert, AlertState, Relative
from shared.wording.items import view
from tests.unit.notifier.making import NOW, alert, publication, subscription
from tests.unit.notifier.test_routing import event, received

DIFFERENCE = "名称：“一种电池” → “一种固态电池的隔膜及其制备方法”"
ROUTES = Routes()
ROUTES.put(subscription("box", corrections=True))
OTHERS = Routes()
OTHERS.put(subscription("box"))
LEFT = Routes()
LEFT.put(subscription("box", corrections=True, opted_out=("box",)))


def corrections(
    state: AlertState = AlertState.PLANNED,
    *,
    routes: Routes = ROUTES,
    difference: str = DIFFERENCE,
    matches: bool = True,
) -> list[Alert]:
    owed = [alert()] if matches else []
    known = Relative(key=alert().key, family_key="f", kind="A", state=state)
    one = msgspec.structs.replace(event(publication(), **({"p-1": 0.5} if matches else {})), difference=difference)
    found = [read_found(received(one), {"p-1"})]
    return correction_alerts(found, owed, [known], routes, now=NOW, due_at=lambda _: NOW)


def test_what_was_told_is_told_again_as_a_correction_where_that_is_asked_for() -> None:
    (told,) = corrections()
    assert told.key.publication_number.startswith("CN110083831A:correction:")
    assert (told.family_key, told.state, told.whys) == (None, AlertState.PENDING, alert().whys)
    item = view(told)
    assert "".join(part.text for part in item.title).startswith("【更正】一种固态电池")
    assert (item.number, item.happened) == ("CN110083831A", DIFFERENCE)


def test_a_correction_by_which_it_no_longer_matches_is_told_all_the_same() -> None:
    (told,) = corrections(matches=False)
    assert (told.whys, told.score, view(told).whys) == ((), 0.0, ())
    assert told.key == corrections()[0].key


def test_each_change_is_told_once() -> None:
    (first,), (again,) = corrections(), corrections()
    (other,) = corrections(difference="名称：“甲” → “乙”")
    assert first.key == again.key != other.key


@pytest.mark.parametrize("state", [AlertState.PENDING, AlertState.FOLDED, AlertState.OVER_CAP])
def test_what_waits_or_was_never_told_needs_no_correction(state: AlertState) -> None:
    assert corrections(state) == []


@pytest.mark.parametrize("routes", [OTHERS, LEFT, Routes()], ids=["did not ask", "opted out", "is gone"])
def test_nobody_is_told_who_did_not_ask_or_left(routes: Routes) -> None:
    assert corrections(routes=routes) == []


def test_an_enrichment_is_no_correction() -> None:
    known = Relative(key=alert().key, family_key="f", kind="A", state=AlertState.PLANNED)
    found = [read_found(received(event(publication(), p=0.5)), {"p"})]
    assert correction_alerts(found, [alert()], [known], ROUTES, now=NOW, due_at=lambda _: NOW) == []
    assert corrected_families(found) == set()


def test_a_legal_event_is_shown_with_its_kind_its_day_and_its_facts() -> None:
    pledge = msgspec.structs.replace(
        publication(), event="pledge", event_on=date(2026, 3, 6), event_detail="质押合同登记的生效：甲公司 → 某银行"
    )
    item = view(alert(pledge))
    assert item.title[0].text == "【质押】"
    assert item.happened == "2026-03-06 质押合同登记的生效：甲公司 → 某银行"

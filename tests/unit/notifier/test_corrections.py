"""Who is told of a correction."""

from datetime import date

import msgspec

from services.notifier.corrections import correction_alerts
from shared.store.records import Alert, AlertState, Relative
from shared.wording.items import view
from tests.unit.notifier.making import alert, publication

DIFFERENCE = "名称：“一种电池” → “一种固态电池的隔膜及其制备方法”"


def corrections(state: AlertState, *, asks: bool = True, difference: str = DIFFERENCE) -> list[Alert]:
    owed = alert()
    known = Relative(key=owed.key, family_key="f", kind="A", state=state)
    return correction_alerts([owed], [known], {owed.key.publication_number: difference}, asks=lambda _: asks)


def test_what_was_told_is_told_again_as_a_correction_where_that_is_asked_for() -> None:
    (told,) = corrections(AlertState.PLANNED)
    assert told.key.publication_number.startswith("CN110083831A:correction:")
    assert (told.family_key, told.state) == (None, AlertState.PENDING)
    item = view(told)
    assert "".join(part.text for part in item.title).startswith("【更正】一种固态电池")
    assert (item.number, item.happened) == ("CN110083831A", DIFFERENCE)


def test_each_change_is_told_once() -> None:
    (first,), (again,) = corrections(AlertState.PLANNED), corrections(AlertState.PLANNED)
    (other,) = corrections(AlertState.PLANNED, difference="名称：“甲” → “乙”")
    assert first.key == again.key != other.key


def test_what_waits_or_was_never_told_needs_no_correction() -> None:
    for state in (AlertState.PENDING, AlertState.FOLDED, AlertState.OVER_CAP):
        assert corrections(state) == []
    assert correction_alerts([alert()], [], {"CN110083831A": DIFFERENCE}, asks=lambda _: True) == []


def test_nobody_is_told_who_did_not_ask() -> None:
    assert corrections(AlertState.PLANNED, asks=False) == []


def test_an_enrichment_is_no_correction() -> None:
    owed = alert()
    known = Relative(key=owed.key, family_key="f", kind="A", state=AlertState.PLANNED)
    assert correction_alerts([owed], [known], {}, asks=lambda _: True) == []


def test_a_legal_event_is_shown_with_its_kind_its_day_and_its_facts() -> None:
    pledge = msgspec.structs.replace(
        publication(), event="pledge", event_on=date(2026, 3, 6), event_detail="质押合同登记的生效：甲公司 → 某银行"
    )
    item = view(alert(pledge))
    assert item.title[0].text == "【质押】"
    assert item.happened == "2026-03-06 质押合同登记的生效：甲公司 → 某银行"

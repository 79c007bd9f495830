"""How long an alert is, is worked out once, and believed as long as it is worded like that."""

import msgspec
import pytest

from services.notifier.channels.port import Frame
from services.notifier.templates import extents, webhook_body
from services.notifier.templates.extents import Extents, wording
from services.notifier.templates.form_sizes import item_sizes
from services.notifier.templates.item_shape import Shape
from services.notifier.templates.robot_forms import DINGTALK_MARKDOWN
from shared.kept import Kept
from shared.store.extents import Extent
from shared.store.records import Alert
from shared.wording import items
from shared.wording.items import view
from shared.wording.sections import shown_once
from tests.unit.notifier.making import alert, publication, why

SIZES = item_sizes(DINGTALK_MARKDOWN)
FRAME = Frame(subscription_id="battery", count=1)


def written(one: Alert) -> int:
    form = DINGTALK_MARKDOWN
    return form.measure(form.item(form, view(one)))


def with_extent(one: Alert, **changes: int) -> Alert:
    extent = Extents(one.publication).of(one.whys, one.score)
    assert isinstance(extent, Extent)
    return msgspec.structs.replace(one, extent=msgspec.structs.replace(extent, **changes))


def test_of_an_alert_with_an_extent_nothing_else_is_looked_at() -> None:
    longer = with_extent(alert(), bytes=1_000, body=5_000)
    shorter = with_extent(alert(), bytes=999)
    assert SIZES.of([longer])[0] - SIZES.of([shorter])[0] == 1
    assert webhook_body._sizes(FRAME, [longer], 16_000) == [5_000]


def test_an_extent_of_another_wording_is_not_believed() -> None:
    stale = with_extent(alert(), wording=wording() ^ 1, bytes=1_000, body=5_000)
    assert SIZES.of([stale]) == [written(alert())]
    assert webhook_body._sizes(FRAME, [stale], 16_000) == webhook_body._sizes(FRAME, [alert()], 16_000)


@pytest.mark.parametrize("names", [items.KIND_NAMES, items.FIELD_NAMES, items.HIT_NAMES, items.BARE_HITS])
def test_another_wording_has_another_fingerprint(names: dict[object, str], monkeypatch: pytest.MonkeyPatch) -> None:
    forget(monkeypatch)
    assert wording.__wrapped__() == wording()
    for name in names:
        with monkeypatch.context() as changed:
            forget(changed)
            changed.setitem(names, name, "换了一种说法")
            assert wording.__wrapped__() != wording()


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    for memory in (extents._BEGINS, extents._FOUND, extents._MORE):
        name = next(name for name, value in vars(extents).items() if value is memory)
        monkeypatch.setattr(extents, name, Kept(memory._make, memory.most))


def test_what_cannot_be_counted_is_written_out() -> None:
    of_no_kind = alert(publication(kind="", published_on=None, ipc=()))
    full_of_signs = alert(publication(title="*" * 200), why(term="<" * 60), why("p-2", term="_" * 60))
    unprintable = alert(publication(kind="\u200b"))
    beyond = alert(publication(applicants=()), *(why(f"p-{n}", term="*" * 55 + str(n)) for n in range(9)))
    for one in (of_no_kind, full_of_signs, unprintable, beyond):
        assert SIZES.of([one]) == [written(one)]
    assert Extents(of_no_kind.publication).of(of_no_kind.whys, 0.9) is msgspec.UNSET
    assert Extents(unprintable.publication).of((), 0.9) is msgspec.UNSET


def test_a_shape_is_the_sum_of_its_parts() -> None:
    counted = Extents(publication(title="<固态>电池*“膜\\”|")).count((why(term="固态", start=1), why("p-2", start=6)))
    assert counted is not None
    assert Shape.of(counted[2]) == Shape(
        facts=3, names=1, happened=0, sentences=2, words=1, marks=1, signs=5, tags=1, quotes=1
    )


def test_what_is_united_of_several_subscriptions_has_no_extent_and_what_stands_alone_keeps_its_own() -> None:
    first, second = (with_extent(alert(None, why(f"p-{n}"), subscription_id=f"s-{n}")) for n in range(2))
    elsewhere = with_extent(alert(publication("CN2A")))
    united, alone = shown_once([first, second, elsewhere]).alerts
    assert (united.extent, alone.extent) == (msgspec.UNSET, elsewhere.extent)

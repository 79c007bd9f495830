"""However many subscriptions tell whatever to one destination: each alert is told once, each publication shown once a message."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.channels.port import Frame, Message
from services.notifier.channels.registry import CHANNELS
from services.notifier.channels.sections import Section
from services.notifier.planning.planner import Portion, make_plan
from services.notifier.planning.waiting import Group, Place, whole_places
from services.notifier.templates import around, mail, robot, robot_forms, webhook_body
from services.notifier.templates.markup import Form
from shared.store.records import Alert, Notice
from shared.unsubscribe import MOST_SECTIONS
from shared.wire.subscription import Channel, Destination
from shared.wording.sections import shown_once
from tests.property.notifier.test_planning import answer
from tests.unit.notifier.making import NOW, alert, mailbox, means, publication, subscription, why

EMAIL = CHANNELS[Channel.EMAIL](means())
WECHAT = CHANNELS[Channel.WECHAT_SERVICE](means())
READER = Destination(id="box", channel=Channel.WECHAT_SERVICE, address="o6", created_at=NOW)

FOUND = st.dictionaries(
    st.integers(0, 13).map(lambda n: f"s{n:02}"),
    st.sets(st.integers(0, 30), min_size=1, max_size=12),
    min_size=1,
    max_size=14,
)


def found(name: str, number: int) -> Alert:
    # The best of one subscription is not that of another.
    score = (hash((len(name), number * 7 + int(name[1:]) * 3)) % 100) / 100
    return alert(publication(f"CN{110000000 + number}A"), why(f"p-{name}", score=score), subscription_id=name)


@given(waits=FOUND, cap=st.none() | st.integers(1, 5), order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_every_alert_is_planned_once_and_every_publication_shown_once_a_message(
    waits: dict[str, set[int]], cap: int | None, order: object
) -> None:
    portions = [
        Portion(
            subscription(id=name, cap=cap),
            [found(name, number) for number in sorted(numbers)],
            notice=Notice.FLOOD if name == "s03" else None,
        )
        for name, numbers in waits.items()
    ]
    again = portions.copy()
    order.shuffle(again)  # type: ignore[attr-defined]
    for destination, channel in ((mailbox(), EMAIL), (READER, WECHAT)):
        plan = make_plan(portions, destination, channel, now=NOW)
        assert make_plan(again, destination, channel, now=NOW) == plan
        settled = Counter([*(key for key, _ in plan.planned), *plan.over_cap])
        assert settled == Counter(one.key for portion in portions for one in portion.alerts)
        assert len({one.id for one in plan.deliveries}) == len(plan.deliveries)
        for delivery in plan.deliveries:
            keys = [key for key, delivery_id in plan.planned if delivery_id == delivery.id]
            assert delivery.publication_numbers == tuple(dict.fromkeys(key.publication_number for key in keys))
            assert {key.subscription_id for key in keys} <= set(delivery.sections)
            assert len(delivery.sections) <= MOST_SECTIONS
        assert sum(one.left_out for one in plan.deliveries) == len(plan.over_cap)
    mails = make_plan(portions, mailbox(), EMAIL, now=NOW).deliveries
    assert len(mails) == -(-len(waits) // MOST_SECTIONS)


@given(waits=FOUND)
def test_what_is_united_says_why_for_all_and_stands_under_the_first(waits: dict[str, set[int]]) -> None:
    told = [found(name, number) for name in sorted(waits) for number in sorted(waits[name])]
    shown = shown_once(told)
    numbers = [one.key.publication_number for one in shown.alerts]
    assert numbers == list(dict.fromkeys(one.key.publication_number for one in told))
    for one in shown.alerts:
        those = [other for other in told if other.key.publication_number == one.key.publication_number]
        assert one.key == those[0].key
        assert shown.stands_for[one.key] == tuple(other.key for other in those)
        assert {reason.profile_id for reason in one.whys} == {r.profile_id for other in those for r in other.whys}
        assert one.score == max(reason.score for reason in one.whys)


def test_two_contents_of_one_publication_are_never_mixed() -> None:
    old = alert(publication(title="旧名称"), subscription_id="a")
    new = alert(publication(title="新名称"), subscription_id="b")
    assert shown_once([old, new]).alerts == (old, new)


@given(
    counts=st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=4), min_size=1, max_size=5),
    limit=st.integers(1, 8),
)
def test_every_destination_is_read_whole_in_the_end(counts: list[list[int]], limit: int) -> None:
    waits = {(f"s{n}", f"d{place}"): count for place, ones in enumerate(counts) for n, count in enumerate(ones)}
    places = [
        Place(f"d{place}", tuple((f"s{n}", f"d{place}") for n in range(len(ones)))) for place, ones in enumerate(counts)
    ]
    told: dict[str, dict[Group, list[Alert]]] = {}
    queue = [places]
    while queue:
        asked = queue.pop(0)
        groups = [group for place in asked for group in place.groups]
        whole, again = whole_places(asked, answer(waits, groups, limit), limit=limit)
        for place, dealt in whole:
            assert place.destination_id not in told
            told[place.destination_id] = dealt
        assert len(again) < len(asked) or len(asked) > 1
        queue += [[place] for place in again] if len(again) == len(asked) else [again] if again else []
    for place in places:
        of_it = sum(waits[group] for group in place.groups)
        got = sum(map(len, told.get(place.destination_id, {}).values()))
        assert got == of_it if of_it < limit else got > 0


NAMES = st.lists(
    st.text(min_size=1, max_size=128) | st.just("🔋" * 99), min_size=2, max_size=MOST_SECTIONS, unique=True
)
FORMS = {name: form for name, form in vars(robot_forms).items() if isinstance(form, Form)}
URL = "https://ip.example.cn/" + "x" * 100


@given(
    names=NAMES,
    count=st.sampled_from((1, 2, 25)),
    notice=st.none() | st.just(Notice.FLOOD),
    left_out=st.integers(0, 5000),
)
@settings(max_examples=12, deadline=None)
def test_messages_of_several_fit_whatever_they_are_called(
    names: list[str], count: int, notice: Notice | None, left_out: int
) -> None:
    alerts = tuple(
        alert(publication(f"CN{110000000 + n}A"), subscription_id=names[n % len(names)]) for n in range(count)
    )
    frame = Frame(
        subscription_id=names[0],
        count=count,
        left_out=left_out * len(names),
        unsubscribe_url=URL,
        sections=tuple(
            Section(subscription_id=one, left_out=left_out, notice=notice, unsubscribe_url=URL) for one in names
        ),
        told_by={one.key: tuple(names) for one in alerts},
    )
    assert len(around.told_for(frame, alerts[0])) <= 110
    for form in FORMS.values():
        for page in robot.paginate(form, frame, alerts, "<@zhangsan>"):
            assert form.measure(robot.render(form, frame, page, "<@zhangsan>")) <= form.limit
    for page in mail.paginate(frame, alerts, max_items=100):
        told = message(frame, page)
        _, html = mail.render(told, mail.items_of(told))
        assert len(html.encode("utf-8", "replace")) <= mail.HTML_LIMIT_BYTES
    for page in webhook_body.paginate(frame, alerts):
        assert len(webhook_body.render(message(frame, page))) < webhook_body.LIMIT_BYTES


def message(frame: Frame, page: tuple[Alert, ...]) -> Message:
    return Message(id="d-" + "0" * 24, destination=mailbox(), frame=frame, alerts=page, created_at=NOW)

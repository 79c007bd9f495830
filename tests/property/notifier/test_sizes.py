"""What is planned without writing items out is planned as if each of them had been written out and measured."""

from collections.abc import Callable, Sequence
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.channels.port import Frame
from services.notifier.channels.sections import Section
from services.notifier.templates import mail, robot, robot_forms, webhook_body
from services.notifier.templates.around import told_for
from services.notifier.templates.extents import Extents
from services.notifier.templates.form_sizes import item_sizes
from services.notifier.templates.markup import Form
from services.notifier.templates.webhook_told import fitting
from shared.store.records import Alert, Notice, Why
from shared.wire.match import Evidence, HitKind
from shared.wire.publication import Applicant, Publication
from shared.wording.happenings import EVENT_NAMES
from shared.wording.items import view
from tests.unit.notifier.making import alert

FORMS = {name: form for name, form in vars(robot_forms).items() if isinstance(form, Form)}

NASTY = st.text(
    alphabet=st.one_of(
        st.sampled_from("固态电池隔膜，（）“”<>&*_[]`#~|\"'\\"),
        st.sampled_from("🔋👩‍🔬é́A9 -@\n\t\r\u3000\u200b\u2028\x00\x7f"),
        st.characters(codec="utf-8"),
    ),
    max_size=12,
)
TEXTS = st.one_of(NASTY, NASTY.map(lambda text: text * 30), st.just(""), st.just("一种固态电池的隔膜及其制备方法"))

FIELDS = st.sampled_from(
    ("title", "abstract", "claim", "ipc[0]", "applicants[0].name", "applicants[3].address", "other<field>")
)
HITS = st.builds(
    Evidence,
    term=TEXTS | st.sampled_from(("4401", "440106", "150000")),
    field=FIELDS,
    start=st.integers(-3, 40),
    end=st.integers(-3, 260),
    kind=st.sampled_from(HitKind),
    score=st.floats(0, 1),
)
WHYS = st.builds(
    Why,
    profile_id=st.sampled_from(("p-1", "p-2", "*p*")),
    profile_name=TEXTS,
    rule=st.integers(0, 12),
    score=st.floats(0, 1),
    evidence=st.lists(HITS, max_size=9).map(tuple),
)
DAYS = st.none() | st.just(date(2026, 1, 2))
PUBLICATIONS = st.builds(
    Publication,
    publication_number=st.sampled_from(("CN1A", "CN110083831A", "X*1_")),
    kind=st.sampled_from(("A", "B", "U", "S", "", "Z9", "**")),
    title=TEXTS,
    published_on=DAYS,
    applicants=st.lists(st.builds(Applicant, name=TEXTS, address=TEXTS), max_size=6).map(tuple),
    ipc=st.lists(st.sampled_from(("H01M10/0562", "H01M 50/40", "*|*" * 30)), max_size=3).map(tuple),
    locarno=st.sampled_from(((), ("13-02",))),
    event=st.sampled_from(("publication", "grant", *EVENT_NAMES, "unheard-of")),
    event_on=DAYS,
    event_detail=st.none() | TEXTS,
)

USUAL = st.builds(
    Publication,
    publication_number=st.sampled_from(("CN1A", "CN 2A", "X*1_", " CN3A")),
    kind=st.sampled_from(("A", "U")),
    title=st.sampled_from(("一种固态电池的隔膜", "LED 灯 & <灯>", "“石墨\\烯”", "灯" * 201, "灯\t具", "灯 ")),
    published_on=DAYS,
    applicants=st.sampled_from(("甲公司", "A | B Ltd.", "A  B", "甲 ", "", "甲" * 61, "甲\u200b乙")).map(
        lambda name: (Applicant(name=name),)
    ),
    ipc=st.sampled_from(("H01M10/0562", "H01M 50/40", " H01M", "*|*" * 30)).map(lambda symbol: (symbol,)),
)
"""What most publications are like, with a flaw here and there."""


@st.composite
def digests(draw: st.DrawFn) -> list[Alert]:
    """Few contents and many alerts, so that what was measured once is met again, and numbers of which two contents are told."""
    publications = draw(st.lists(PUBLICATIONS | USUAL, min_size=1, max_size=4))
    reasons = draw(st.lists(WHYS, max_size=6))
    told = []
    for n in range(draw(st.integers(1, 24))):
        whys = draw(st.lists(st.sampled_from(reasons), max_size=5)) if reasons else []
        one = alert(publications[n % len(publications)], subscription_id=f"s{n % 3}")
        told.append(msgspec.structs.replace(one, whys=tuple(whys), score=n / 7))
    return told


@st.composite
def frames(draw: st.DrawFn, alerts: Sequence[Alert]) -> Frame:
    url = draw(st.none() | st.just("https://ip.example.cn/u/AbCdEfGhIjKlMnOpQrStUv"))
    notice = draw(st.none() | st.sampled_from((Notice.FLOOD, Notice.COLLECTED)))
    alone = Frame(subscription_id="battery", count=len(alerts), unsubscribe_url=url, notice=notice)
    if draw(st.booleans()):
        return alone
    names = draw(st.lists(NASTY, min_size=3, max_size=3))
    sections = tuple(
        Section(subscription_id=f"s{n}", name=name, left_out=n, unsubscribe_url=url, notice=notice)
        for n, name in enumerate(names)
    )
    told_by = {one.key: tuple(f"s{n}" for n in range(1 + len(one.whys) % 3)) for one in alerts}
    return msgspec.structs.replace(alone, sections=sections, told_by=told_by)


DIGESTS = digests().flatmap(lambda alerts: st.tuples(st.just(alerts), frames(alerts)))


def recorded(alerts: Sequence[Alert]) -> list[Alert]:
    """Return the alerts with their extents, as they are recorded."""
    return [msgspec.structs.replace(one, extent=Extents(one.publication).of(one.whys, one.score)) for one in alerts]


def cut(alerts: Sequence[Alert], size: Callable[[Alert], int], room: int, most: int) -> list[tuple[Alert, ...]]:
    """Cut into pages, the plain way: each item is written out and measured."""
    pages: list[list[Alert]] = []
    for one in alerts:
        if not pages or sum(map(size, (*pages[-1], one))) > room or len(pages[-1]) == most:
            pages.append([])
        pages[-1].append(one)
    return [tuple(page) for page in pages]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(digest=DIGESTS, tail=st.sampled_from(("", "<@zhangsan>")))
@settings(max_examples=15, deadline=None)
def test_a_robots_digest_is_cut_where_its_items_written_out_say(
    form: Form, digest: tuple[list[Alert], Frame], tail: str
) -> None:
    alerts, frame = digest
    told = [told_for(frame, one) for one in alerts]
    written = [form.measure(form.item(form, view(one, names))) for one, names in zip(alerts, told, strict=True)]
    gap = form.measure(form.separator)
    assert item_sizes(form).of(alerts, told) == written
    assert item_sizes(form).of(recorded(alerts), told) == written
    if not frame.sections:
        assert item_sizes(form).of(alerts) == item_sizes(form).of(recorded(alerts)) == written
    assert robot.frame_size(form, frame, tail) == robot._widest(form, frame, tail)
    room = form.limit - robot.frame_size(form, frame, tail)
    pages = cut(
        alerts, lambda one: form.measure(robot.item_text(form, one, room, told_for(frame, one))) + gap, room, 1_000
    )
    assert robot.paginate(form, frame, alerts, tail) == pages
    assert robot.paginate(form, frame, recorded(alerts), tail) == [tuple(recorded(page)) for page in pages]


@given(digest=DIGESTS, max_items=st.integers(1, 30))
@settings(max_examples=30, deadline=None)
def test_a_mail_is_cut_where_its_items_written_out_say(digest: tuple[list[Alert], Frame], max_items: int) -> None:
    alerts, frame = digest
    room = mail.PAGE_BYTES - mail.SECTION_BYTES * len(frame.sections)

    def written(one: Alert) -> int:
        return mail._html_bytes(view(one, told_for(frame, one)))

    told = [told_for(frame, one) for one in alerts]
    assert mail._SIZES.of(alerts, told) == [written(one) for one in alerts]
    assert mail._SIZES.of(recorded(alerts), told) == [written(one) for one in alerts]
    if not frame.sections:
        assert mail._SIZES.of(alerts) == mail._SIZES.of(recorded(alerts)) == [written(one) for one in alerts]
    pages = cut(alerts, written, room, max_items)
    assert mail.paginate(frame, alerts, max_items=max_items) == pages
    assert mail.paginate(frame, recorded(alerts), max_items=max_items) == [tuple(recorded(page)) for page in pages]


@given(digest=DIGESTS)
@settings(max_examples=30, deadline=None)
def test_a_webhooks_body_is_cut_where_its_publications_written_out_say(digest: tuple[list[Alert], Frame]) -> None:
    alerts, frame = digest
    room = webhook_body.LIMIT_BYTES - webhook_body._widest_bytes(frame)
    assert webhook_body._frame_bytes(frame) == webhook_body._widest_bytes(frame)

    limit = min(webhook_body.ITEM_BYTES, room - 1)

    def written(one: Alert) -> int:
        return len(webhook_body._json(fitting(frame, one, limit)))

    for one in alerts:
        assert webhook_body._sizes(frame, [one], limit) == [written(one)]
        assert webhook_body._sizes(frame, recorded([one]), limit) == [written(one)]
    pages = cut(alerts, lambda one: written(one) + 1, room, webhook_body.MAX_ITEMS)
    assert webhook_body.paginate(frame, alerts) == pages
    assert webhook_body.paginate(frame, recorded(alerts)) == [tuple(recorded(page)) for page in pages]

"""Whatever the texts, messages fit, characters stay whole, and every publication is told exactly once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.channels.port import Frame, Message
from services.notifier.templates import mail, robot, robot_forms
from services.notifier.templates.markup import Form
from shared.store.records import Alert
from shared.testing.found import publication_numbers
from shared.wire.publication import Applicant
from shared.wording.items import highlight, view
from tests.unit.notifier.making import NOW, alert, mailbox, publication, why

TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("一种固态电池的隔膜及其制备方法，、<>&*_[]`#()@\n\t\u3000\u200b"),
        st.sampled_from("🔋👩‍🔬é́ABCxyz019/ -"),
        st.characters(codec="utf-8"),
    ),
    max_size=400,
)


@st.composite
def many_alerts(draw: st.DrawFn) -> list[Alert]:
    count = draw(st.integers(1, 60))
    title, name, term = draw(TEXTS), draw(TEXTS), draw(st.text(min_size=1, max_size=200))
    reasons = draw(st.integers(1, 5))
    start = draw(st.integers(0, 30))
    return [
        alert(
            publication(
                f"CN{110000000 + n}A", title[n % 7 :], applicants=(Applicant(name=name),) * draw(st.integers(0, 4))
            ),
            *(why(f"p{r}", term=term, start=start) for r in range(reasons)),
        )
        for n in range(count)
    ]


FRAMES = st.builds(
    Frame,
    subscription_id=st.text(min_size=1, max_size=128),
    count=st.just(1),
    left_out=st.integers(0, 5000),
    unsubscribe_url=st.none() | st.just("https://ip.example.cn/" + "x" * 100),
)


FRAME = Frame(subscription_id="battery", count=1)
FORMS = {name: form for name, form in vars(robot_forms).items() if isinstance(form, Form)}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(alerts=many_alerts(), frame=FRAMES, tail=st.sampled_from(["", "<@zhangsan> <@lisi>"]))
@settings(max_examples=20, deadline=None)
def test_a_robots_pages_fit_and_tell_every_publication_once(
    alerts: list[Alert], frame: Frame, tail: str, form: Form
) -> None:
    pages = robot.paginate(form, frame, alerts, tail)
    assert [one for page in pages for one in page] == alerts
    for index, page in enumerate(pages, start=1):
        shown = Frame(
            subscription_id=frame.subscription_id,
            count=len(page),
            page=index,
            pages=len(pages),
            left_out=frame.left_out,
            unsubscribe_url=frame.unsubscribe_url,
            repeated=True,
        )
        content = robot.render(form, shown, page, tail)
        assert form.measure(content) <= form.limit
        assert content.endswith(tail)
        assert list(publication_numbers(content)) == [one.key.publication_number for one in page]


@given(alerts=many_alerts())
@settings(max_examples=15, deadline=None)
def test_a_mails_pages_stay_below_what_clients_cut_off(alerts: list[Alert]) -> None:
    pages = mail.paginate(FRAME, alerts, max_items=100)
    assert [one for page in pages for one in page] == alerts
    for page in pages:
        message = Message(
            id="d-1",
            destination=mailbox(),
            frame=Frame(subscription_id="battery", count=len(page)),
            alerts=page,
            created_at=NOW,
        )
        _, html = mail.render(message, [view(one) for one in page])
        assert len(html.encode("utf-8", "replace")) <= mail.HTML_LIMIT_BYTES


@given(text=TEXTS, limit=st.integers(3, 300))
def test_cutting_at_bytes_never_splits_a_character_and_never_exceeds(text: str, limit: int) -> None:
    cut = robot.cut_bytes(text, limit)
    assert len(cut.encode("utf-8", "replace")) <= limit
    assert cut == text or text.startswith(cut.removesuffix("…"))


@given(title=TEXTS, hits=st.lists(st.tuples(st.integers(-5, 500), st.integers(-5, 500)), max_size=8))
def test_highlighting_changes_no_letter(title: str, hits: list[tuple[int, int]]) -> None:
    shown = "".join(part.text for part in highlight(title, hits))
    expected = title if len(title) <= 200 else title[:199] + "…"
    assert shown == ("".join(c if c.isprintable() else " " for c in expected) or "（无标题）")

"""Whatever is told, a webhook's bodies stay below their limit and tell every publication once, in order."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.channels.port import Frame, Message
from services.notifier.templates import webhook_body
from shared.store.records import Alert, Why
from shared.wire.match import Evidence, HitKind
from shared.wire.publication import Applicant
from tests.unit.notifier.making import NOW, alert, mailbox, publication

TEXTS = st.text(st.characters(codec="utf-8"), max_size=40).map(lambda text: text * 40) | st.just("\x01" * 2000)


def many_alerts(texts: tuple[str, str, str], counts: tuple[int, int, int, int]) -> list[Alert]:
    title, name, term = texts
    hits, reasons, names, count = counts
    why = Why(
        profile_id="p" * 128,
        profile_name=name,
        rule=0,
        score=0.5,
        evidence=(Evidence(term=term, field="title", start=0, end=1, kind=HitKind.WORD, score=1.0),) * hits,
    )
    return [
        alert(
            publication(
                f"CN{110000000 + n}A",
                title,
                applicants=(Applicant(name=name),) * names,
                ipc=("H01M10/0525",) * names,
                event_detail=title,
            ),
            *((why,) * reasons),
        )
        for n in range(count)
    ]


@given(
    texts=st.tuples(TEXTS, TEXTS, TEXTS),
    counts=st.tuples(st.integers(0, 60), st.integers(1, 15), st.integers(0, 60), st.integers(1, 12)),
    subscription_id=st.text(st.characters(codec="utf-8"), min_size=1, max_size=128),
    url=st.none() | st.just("https://ip.example.cn/" + "x" * 100),
    later=st.sampled_from([None, "https://ip.example.cn/" + "x" * 1500]),
)
@settings(max_examples=12, deadline=None)
def test_bodies_fit_and_tell_every_publication_once(
    texts: tuple[str, str, str],
    counts: tuple[int, int, int, int],
    subscription_id: str,
    url: str | None,
    later: str | None,
) -> None:
    alerts = many_alerts(texts, counts)
    frame = Frame(subscription_id=subscription_id, count=len(alerts), unsubscribe_url=url)
    pages = webhook_body.paginate(frame, alerts)
    told: list[str] = []
    for number, page in enumerate(pages, start=1):
        said = Frame(
            subscription_id=subscription_id,
            count=len(page),
            page=number,
            pages=len(pages),
            unsubscribe_url=later or url,
        )
        message = Message(id="d-" + "0" * 24, destination=mailbox(), frame=said, alerts=page, created_at=NOW)
        body = webhook_body.render(message)
        assert len(body) < webhook_body.LIMIT_BYTES
        assert body == webhook_body.render(message)
        data = json.loads(body)["data"]
        told += [one["publication_number"] for one in data["publications"]]
        for one, owed in zip(data["publications"], page, strict=True):
            whole = one["title"] == owed.publication.title and len(one["reasons"]) == len(owed.whys)
            assert one["shortened"] or whole
    assert told == [one.publication.publication_number for one in alerts]

"""Alerts that together are worded in every way there is: where one of them takes something else, the wording is another."""

from datetime import date

from shared.store.records import Why
from shared.wire.identity import DOCUMENTS
from shared.wire.match import Evidence, HitKind
from shared.wire.publication import Applicant, Publication
from shared.wording.happenings import EVENT_NAMES
from shared.wording.items import FIELD_NAMES, KIND_NAMES

_DAY = date(2026, 1, 2)
_LONG = "长 <*\"'>" * 100


def _why(*hits: Evidence, name: str = "画像") -> Why:
    return Why(profile_id="p-1", profile_name=name, rule=0, score=0.5, evidence=hits)


def _hit(kind: HitKind, field: str = "title", term: str = "440106") -> Evidence:
    return Evidence(term=term, field=field, start=0, end=2, kind=kind, score=1.0)


_WHYS = (
    (),
    *((_why(_hit(kind)),) for kind in HitKind),
    *((_why(_hit(HitKind.WORD, field)),) for field in (*FIELD_NAMES, "ipc[0]", "applicants[0].name")),
    (_why(), _why(name=""), _why(name=_LONG)),
    (_why(*(_hit(HitKind.WORD, term=f"{n}{_LONG}") for n in range(9))),),
    (_why(),) * 5,
)


def _publication(kind: str = "A", event: str = "publication", *, title: str = "名称", names: int = 1) -> Publication:
    return Publication(
        publication_number="CN1A",
        kind=kind,
        title=title,
        published_on=_DAY,
        applicants=(Applicant(name=f"甲{title}"),) * names,
        ipc=(f"H01M{title}",),
        event=event,
        event_on=_DAY,
        event_detail=None if names else title,
    )


_PUBLICATIONS = (
    *(_publication(kind) for kind in (*KIND_NAMES, "", "Z9")),
    *(_publication("A", event, names=names) for event in (*DOCUMENTS, *EVENT_NAMES, "unheard-of") for names in (0, 1)),
    *(_publication(title=title) for title in ("", _LONG)),
    *(_publication(names=count) for count in range(6)),
    _publication("A", "transfer", title=_LONG, names=0),
)

SPECIMENS = (
    *((publication, ()) for publication in _PUBLICATIONS),
    *((_PUBLICATIONS[0], whys) for whys in _WHYS),
)

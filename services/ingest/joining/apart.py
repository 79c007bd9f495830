"""Text of an application finds the documents of it, whichever comes first.

It is no publication: it says neither number nor kind nor date of one, and not at which stage it stood. So it fills in what a
document of its application lacks, under its own name and below every other source (`join.RANKS`), and overrules nobody.
"""

from typing import TYPE_CHECKING

import msgspec

from services.ingest.classify import Outcome
from services.ingest.joining.judge import Judged
from shared.filing.application_texts import ApplicationText, SaidText
from shared.wire.identity import TEXTS
from shared.wire.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from services.ingest.classify import Hashed

SOURCE = "cnipa-body"

_EXAMINED = frozenset("BC")
"""Kinds of Chinese documents whose claims went through examination: those that were filed are not theirs."""


def heard(known: ApplicationText | None, record: "Publication", *, at: "datetime", origin: str) -> ApplicationText:
    """Return what an application's files say, one more of them read.

    Of two files that say a field differently the one with the smaller number counts, which was filed first; so the order in which they
    are read decides nothing.

    Args:
        known: what they said so far.
        record: what was read.
        at: when.
        origin: where, for people.
    """
    before = known or ApplicationText(id=record.application_number or "", kept_at=at)
    said: dict[str, SaidText] = {}
    for field in TEXTS:
        old: SaidText | None = getattr(before, field)
        text = getattr(record, field)
        if text and (old is None or (record.event_detail or "", text) < (old.words_of, old.text)):
            said[field] = SaidText(text=text, words_of=record.event_detail or "", origin=origin)
    return msgspec.structs.replace(before, **said) if said else before


def says_more(before: ApplicationText | None, now: ApplicationText) -> bool:
    """Whether files of an application say something that they did not say before."""
    return any(_text(now, field) != (None if before is None else _text(before, field)) for field in TEXTS)


def record_of(said: ApplicationText, document: "Publication") -> tuple["Publication", str] | None:
    """Return what an application's files say of one of its documents as a record of that, and where it was read.

    Returns:
        ``None`` when that says it all already.
    """
    fields = TEXTS[:-1] if document.kind[:1] in _EXAMINED else TEXTS
    texts = {field: one for field in fields if (one := getattr(said, field)) is not None}
    if all(getattr(document, field) == one.text for field, one in texts.items()):
        return None
    record = Publication(
        publication_number=document.publication_number,
        kind=document.kind,
        event=document.event,
        lang="zh" if "title" in texts else document.lang,
        source=SOURCE,
        **({"title": document.title} | {field: one.text for field, one in texts.items()}),
    )
    return record, "；".join(sorted({one.origin for one in texts.values()}))


def judge_texts(texts: "Sequence[Hashed]", fresh: "Sequence[bool]", filled: "Mapping[str, set[str]]") -> list[Judged]:
    """Say what became of files of applications: one that filled something in corrected, one that waits for its document was accepted.

    Args:
        texts: what was read.
        fresh: of each, whether it says something that was not known.
        filled: application number → the fields of its documents that were filled in.
    """
    judged = []
    left = {application: set(fields) for application, fields in filled.items()}
    for hashed, is_fresh in zip(texts, fresh, strict=True):
        record = hashed.parsed.publication
        application = record.application_number or ""
        gave = {field for field in left.get(application, ()) if getattr(record, field)}
        if gave:
            left[application] -= gave  # what says it once more says nothing new
            outcome = Outcome.CORRECTED
        else:
            outcome = Outcome.ACCEPTED if is_fresh else Outcome.UNCHANGED
        judged.append(Judged(hashed=hashed, key=application, outcome=outcome))
    return judged


def _text(said: ApplicationText, field: str) -> str | None:
    one: SaidText | None = getattr(said, field)
    return None if one is None else one.text

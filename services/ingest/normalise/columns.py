"""Many records of one table at once: what nearly all rows look like becomes publications column by column.

This is `publication_of` for records whose every value is of the usual form, at less than half its price: the steps are the
same functions, but what is checked is checked of a whole column, what comes again and again is read once, and no record is
built in between. A row that is in any way odd is left to `publication_of`, which alone knows what to say about it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.ingest.normalise.applicants import applicants_of_each
from services.ingest.normalise.applications import application_numbers
from services.ingest.normalise.dates import parse_dates
from services.ingest.normalise.ipc import locarno_classes, symbols_of_each
from services.ingest.normalise.names import split_each
from services.ingest.normalise.numbers import usual_numbers
from services.ingest.normalise.record import DESIGN_KINDS, LONGEST_KEPT, MAX_TITLE_CHARACTERS, event_of
from services.ingest.normalise.text import clean
from shared.wire.publication import Publication

Column = Sequence[str]
Classes = list[tuple[str, ...]]


class Columns(NamedTuple):
    """The columns of a table, equally long; ``""`` is "not said". `RawRecord` says what the values are.

    Attributes:
        applicants: of each record, joined by the source's separators; ``inventors`` and ``ipc`` likewise.
        addresses: one text a record.
    """

    publication_number: Column
    title: Column
    published_on: Column
    filed_on: Column
    application_number: Column
    applicants: Column
    addresses: Column
    inventors: Column
    ipc: Column


def publications_of(columns: Columns, source: str, *, may_be_overlong: bool = True) -> list[Publication | None]:
    """Return the publication of each row; ``None`` where the row has to be judged alone.

    Args:
        columns: at least one row.
        source: the format's name.
        may_be_overlong: whether a row may have more characters in all than a title may.
    """
    titles = [text if text.isalnum() else clean(text) for text in columns.title]
    if may_be_overlong and _any_overlong(columns, titles):
        return [None] * len(titles)
    numbers = usual_numbers(columns.publication_number)
    kinds = [number[-1] if number else "" for number in numbers]
    events = {kind: event_of(kind) for kind in set(kinds)}
    rows = zip(
        numbers,
        kinds,
        titles,
        parse_dates(columns.published_on),
        parse_dates(columns.filed_on),
        application_numbers(columns.application_number),
        applicants_of_each(columns.applicants, columns.addresses),
        split_each(columns.inventors),
        *_classes(kinds, columns.ipc),
        strict=True,
    )
    return [
        Publication(
            publication_number=number,
            kind=kind,
            title=title,
            published_on=published_on,
            filed_on=filed_on,
            application_number=application,
            applicants=applicants,
            inventors=inventors,
            ipc=ipc,
            locarno=locarno,
            event=events[kind],
            source=source,
        )
        if number and title and published_on
        else None
        for number, kind, title, published_on, filed_on, application, applicants, inventors, ipc, locarno in rows
    ]


def _classes(kinds: Sequence[str], texts: Column) -> tuple[Classes, Classes]:
    """Return the symbols of the IPC, and the classes of Locarno, of each row."""
    nothing: Classes = [()] * len(texts)
    if DESIGN_KINDS.isdisjoint(kinds):
        return symbols_of_each(texts), nothing
    locarno = [locarno_classes(text) for text in texts]
    if DESIGN_KINDS.issuperset(kinds):
        return nothing, locarno
    are_designs = [kind in DESIGN_KINDS for kind in kinds]
    symbols = symbols_of_each(texts)
    return (
        [() if is_design else one for one, is_design in zip(symbols, are_designs, strict=True)],
        [one if is_design else () for one, is_design in zip(locarno, are_designs, strict=True)],
    )


def _any_overlong(columns: Columns, titles: list[str]) -> bool:
    """Whether a title is no title, or values are no values that come again and would fill the memory that keeps those."""
    longest = sum(max(map(len, column)) for column in (columns.applicants, columns.addresses, columns.ipc))
    return longest >= LONGEST_KEPT or max(map(len, titles)) > MAX_TITLE_CHARACTERS

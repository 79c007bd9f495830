"""Many records of one table at once: what nearly all rows look like becomes publications column by column.

This is `publication_of` for records whose every value is of the usual form, at less than half its price: the steps are the
same functions, but what is checked is checked of a whole column, what comes again and again is read once, and no record is
built in between. A row that is in any way odd is left to `publication_of`, which alone knows what to say about it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.ingest.normalise.applicants import applicants_told, split_names
from services.ingest.normalise.applications import application_numbers
from services.ingest.normalise.dates import parse_dates
from services.ingest.normalise.ipc import ipc_symbols, locarno_classes
from services.ingest.normalise.numbers import usual_numbers
from services.ingest.normalise.record import DESIGN_KINDS, LONGEST_KEPT, MAX_TITLE_CHARACTERS, event_of
from services.ingest.normalise.text import clean
from shared.wire.publication import Publication

Column = Sequence[str]


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


def publications_of(columns: Columns, source: str) -> list[Publication | None]:
    """Return the publication of each row; ``None`` where the row has to be judged alone.

    Args:
        columns: at least one row.
        source: the format's name.
    """
    # What is overlong is no value that comes again, and would fill the memory that keeps those.
    longest = sum(max(map(len, column)) for column in (columns.applicants, columns.addresses, columns.ipc))
    titles = [text if text.isalnum() else clean(text) for text in columns.title]
    if longest >= LONGEST_KEPT or max(map(len, titles)) > MAX_TITLE_CHARACTERS:
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
        map(applicants_told, columns.applicants, columns.addresses),
        map(split_names, columns.inventors),
        columns.ipc,
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
            ipc=() if kind in DESIGN_KINDS else ipc_symbols(classes),
            locarno=locarno_classes(classes) if kind in DESIGN_KINDS else (),
            event=events[kind],
            source=source,
        )
        if number and title and published_on
        else None
        for number, kind, title, published_on, filed_on, application, applicants, inventors, classes in rows
    ]

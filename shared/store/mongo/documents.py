"""Records as BSON documents, and back.

A moment is kept twice: as a date, which people read and TTL indexes count by, but which has milliseconds only; and beside
it, under ``…_us``, as whole microseconds since 1970, which is what is compared, sorted and read back.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

import msgspec
from bson import encode as encode_bson
from bson.codec_options import CodecOptions, DatetimeConversion

from shared.errors import MisconfiguredError
from shared.sqlite.moments import from_microseconds, to_microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Document = dict[str, Any]
D = TypeVar("D", bound=msgspec.Struct)

CODEC: "CodecOptions[Document]" = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)
"""Dates are left as they lie in BSON: the exact moment is read from beside them."""

US = "_us"


def moment(name: str, at: datetime) -> Document:
    """Return both fields of a moment."""
    return {name: at, name + US: to_microseconds(at)}


def present(document: Document | None) -> Document:
    """Return a document that is there for certain: an upsert made it, or a migration.

    Raises:
        MisconfiguredError: somebody took it away.
    """
    if document is None:
        raise MisconfiguredError("MongoDB 里少了知推自己的记录；请运行 zhitui store check，再从备份恢复。")
    return document


def lean(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    """Return the value without fields that hold nothing: they are left out of documents."""
    if type(value) is dict:
        return {name: lean(part) for name, part in value.items() if part is not None}
    if type(value) in (list, tuple):
        return [lean(part) for part in value]
    return value


def builtins(record: Any) -> Any:  # noqa: ANN401 - a struct or a tuple of such
    """Return what BSON can hold of a record: dates as ISO text, which sorts; moments as they are."""
    return msgspec.to_builtins(record, builtin_types=(datetime,))


def weight(document: "Mapping[str, Any]") -> int:
    """Return the document's size in bytes."""
    return len(encode_bson(document))


class Shape(Generic[D]):
    """How one kind of record lies in its collection.

    Args:
        kind: of the record.
        key: the field that lies in ``_id``.
        pairs: fields that are dictionaries with names from outside, kept as lists of pairs: a name may have dots, dollars
            or nothing in it, which field names of MongoDB may not.
        beside: fields of the document that are none of the record, for queries.
    """

    def __init__(
        self, kind: type[D], *, key: str | None = None, pairs: "Iterable[str]" = (), beside: "Iterable[str]" = ()
    ) -> None:
        self._kind = kind
        self._key = key
        self._pairs = tuple(pairs)
        self._beside = tuple(beside)
        self.moments = tuple(
            field.name
            for field in msgspec.structs.fields(kind)
            if field.type is datetime or datetime in get_args(field.type)
        )

    def document(self, record: D, **beside: Any) -> Document:  # noqa: ANN401 - values of fields
        """Return the document of a record; ``beside`` are the fields that are none of the record."""
        document: Document = lean(builtins(record))
        for name in self.moments:
            if (at := document.get(name)) is not None:
                document[name + US] = to_microseconds(at)
        for name in self._pairs:
            document[name] = [list(pair) for pair in document[name].items()]
        if self._key is not None:
            document["_id"] = document.pop(self._key)
        document.update(beside)
        return document

    def record(self, document: Document) -> D:
        """Return the record of a document, which is used up."""
        for name in self.moments:
            if (microseconds := document.pop(name + US, None)) is not None:
                document[name] = from_microseconds(microseconds)
        for name in self._pairs:
            document[name] = dict(document[name])
        for name in self._beside:
            document.pop(name, None)
        identity = document.pop("_id", None)
        if self._key is not None:
            document[self._key] = identity
        return msgspec.convert(document, self._kind)

"""Views that say what a document says, under the same names."""

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import msgspec

ViewT = TypeVar("ViewT", bound="msgspec.Struct")


def view_of(kind: type[ViewT], document: object, **otherwise: object) -> ViewT:
    """Return a view of a document: what is not given otherwise is what the document has under its name."""
    same = {name: getattr(document, name) for name in kind.__struct_fields__ if name not in otherwise}
    return kind(**same, **otherwise)

"""A document that several change at the same time: read, changed, put back if nobody was quicker, else all over again."""

from typing import TYPE_CHECKING, TypeVar

import msgspec

from shared.errors import RetryLaterError
from shared.store.filed import Filed

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.store.filed import Shelf

D = TypeVar("D", bound=msgspec.Struct)

TRIES = 20


async def changed(shelf: "Shelf[D]", document_id: str, change: "Callable[[D], D]") -> Filed[D] | None:
    """Change a document as it is now; ``None``: there is none.

    Args:
        shelf: where it is.
        document_id: which.
        change: returns what it is to be; called again when somebody else was quicker.

    Raises:
        RetryLaterError: others change it all the time, or what it is to be found by is another's.
    """
    for _ in range(TRIES):
        filed = await shelf.get(document_id)
        if filed is None:
            return None
        wanted = change(filed.document)
        revision = await shelf.replace(wanted, revision=filed.revision)
        if revision is not None:
            return Filed(wanted, revision)
    raise RetryLaterError("这份资料正被别处修改，请稍后再试。")


async def with_fields(shelf: "Shelf[D]", document_id: str, **fields: object) -> Filed[D] | None:
    """Set fields of a document, whatever others set of it meanwhile; see `changed`."""

    def change(document: D) -> D:
        return msgspec.structs.replace(document, **fields)

    return await changed(shelf, document_id, change)

"""What binds a publication to a family, widest first; the store keeps which keys are one (`shared.store.families`)."""

import hashlib
import re
from typing import TYPE_CHECKING

from services.ingest.joining.values import folded
from shared.store.families import width_of
from shared.wire.identity import side_of

if TYPE_CHECKING:
    from shared.wire.publication import Publication

_DIGEST_BYTES = 12

_METHODS = ("方法", "工艺")
_AND_A_METHOD = re.compile(rf"(?:及其|以及|及|和|与|、|,其|,|的)[^及和与、,的]{{0,8}}(?:{'|'.join(_METHODS)})$")
"""What an invention's title has more than its model's, since a model protects no method (一种电池隔膜，一种电池隔膜及其制备方法)."""

_OF_THE_EPO = frozenset({"ops-xml", "docdb-xml"})
"""Sources that name families by the same numbers."""


def family_keys(
    publication: "Publication", record: "Publication", before: "Publication | None" = None
) -> tuple[str, ...]:
    """Return the keys of a document, widest first, none when nothing about it binds it to another.

    ``ops:`` what a source says of its family, the EPO or another one. ``twin:`` first applicant, filing date and title (but
    for the method at its end) of a Chinese invention or utility model: both may be filed for one thing on one day (双报),
    and then say the same. So do other inventions of some firms, which file ten of one title in a day: whoever folds a
    family must tell those apart (`services.notifier.families`). ``app:`` the application.

    What it said before a correction counts as well, and first: in that family it was told. Not so where the application number was
    another one, which belongs to somebody else.

    Args:
        publication: all that is known of it.
        record: what a source says of it, its family among that.
        before: what was known of it until now.
    """
    keys = []
    if record.family_id:
        scope = "" if record.source in _OF_THE_EPO else f"{record.source}/"
        keys.append(f"ops:{scope}{record.family_id}")
    if before is not None and before.application_number in {None, publication.application_number}:
        keys += _own_keys(before)
    keys += _own_keys(publication)
    return tuple(sorted(dict.fromkeys(keys), key=width_of))


def _own_keys(publication: "Publication") -> list[str]:
    keys = []
    if publication.publication_number.startswith("CN") and side_of(publication.kind) and _is_twin_able(publication):
        said = (folded(publication.applicants[0].name), str(publication.filed_on), _thing(publication.title))
        text = "|".join(said).encode("utf-8", "surrogatepass")
        keys.append(f"twin:{hashlib.blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()}")
    if publication.application_number:
        keys.append(f"app:{publication.publication_number[:2]}{publication.application_number}")
    return keys


def _thing(title: str) -> str:
    text = folded(title)
    return _AND_A_METHOD.sub("", text) if text.endswith(_METHODS) else text


def _is_twin_able(publication: "Publication") -> bool:
    return bool(publication.filed_on and publication.applicants)

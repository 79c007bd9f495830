"""Add to ``services/portal/locale/en`` what templates say and no catalogue has yet: ``python -m tools.translations``.

Each room of the console has its catalogue, called like the template's first word (``profiles.po`` of ``profiles_editor.html``); what
several rooms say is in ``frame.po``. What is added has no English: write it, then the test is content.
"""

import sys
from collections import defaultdict
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "services/portal/pages"
LOCALE = ROOT / "services/portal/locale/en"

_EXTRACTOR = "jinja2.ext:babel_extract"
_OPTIONS = {"trimmed": "true", "silent": "false"}
_KEYWORDS = {"_": None, "n_": (1, 1)}

Message = str | tuple[str, ...]


def said() -> "dict[Message, set[str]]":
    """Return each Chinese text of the templates with the rooms that say it; one that counts stands twice, as gettext wants it."""
    rooms: dict[Message, set[str]] = defaultdict(set)
    for template in sorted(PAGES.rglob("*.html")):
        room = "frame" if template.parent.name == "parts" else template.stem.partition("_")[0].partition("-")[0]
        for _, message, _, _ in extract_from_file(_EXTRACTOR, template, keywords=_KEYWORDS, options=_OPTIONS):
            rooms[message].add(room)
    return rooms


def translated() -> "dict[Message, Message]":
    """Return all that has English, and the English; of one that counts, for one and for several."""
    found: dict[Message, Message] = {}
    for file in sorted(LOCALE.glob("*.po")):
        for message in read_po(BytesIO(file.read_bytes()), locale="en"):
            english = _message(message.string)
            if message.id and all([english] if isinstance(english, str) else english):
                found[_message(message.id)] = english
    return found


def _message(text: "Iterable[str] | str | None") -> "Message":
    return text if isinstance(text, str) else tuple(text or ())


def first(message: "Message") -> str:
    """Return the text, the first where it stands twice."""
    return message if isinstance(message, str) else message[0]


def main() -> int:
    """Write every catalogue anew, with what was translated and what is missing."""
    english, rooms = translated(), said()
    catalogues: dict[str, Catalog] = defaultdict(lambda: Catalog(locale="en", project="zhitui", charset="utf-8"))
    for text in sorted(rooms, key=first):
        room = next(iter(rooms[text])) if len(rooms[text]) == 1 else "frame"
        catalogues[room].add(text, english.get(text, "" if isinstance(text, str) else ("", "")))
    for room, catalogue in catalogues.items():
        out = BytesIO()
        write_po(out, catalogue, width=0, sort_output=True, omit_header=True)
        file = LOCALE / f"{room}.po"
        if not file.exists() or file.read_bytes() != out.getvalue():
            file.write_bytes(out.getvalue())
    missing = [text for text in rooms if text not in english]
    for text in missing:
        print(f"{'、'.join(sorted(rooms[text]))}: {first(text)}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

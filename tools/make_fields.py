"""Make the catalogue of technical fields from a transcription of public tables, names and hand edits.

Usage: ``python -m tools.make_fields FOLDER``: the folder holds one JSON Lines file a table (``catalog``, ``no``, ``name``, ``rules`` with
``ipc``, ``not_ipc``, ``any``, ``none``). ``tools/fields/names`` holds each field's names and description, ``tools/fields/edits.txt`` what was
changed in rules and why; own fields (the navigation streams) have no table and come from these two alone.
Steps: the table's rows become rules (classes AND keywords, not excluded keywords); the keywords of the industry table are
dropped, for they name industries; edits are applied; keywords are linked to the synonym rings.
"""

import sys
from pathlib import Path

import msgspec

from services.portal.catalogue.field import Field
from shared.wire.profile import Rule
from tools.fields.edits import Draft, Edit, apply, read_edits

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "services" / "portal" / "resources" / "fields"
RINGS = ROOT / "services" / "matcher" / "resources" / "rings.jsonl"
HAND = Path(__file__).with_name("fields")

WORDS_OF_INDUSTRIES = "sei"
"""The table whose keywords are left out."""


class Row(msgspec.Struct, frozen=True):
    """A rule as the transcription has it."""

    ipc: tuple[str, ...]
    not_ipc: tuple[str, ...]
    any: tuple[str, ...]
    none: tuple[str, ...]


class Raw(msgspec.Struct, frozen=True):
    """A line of the transcription."""

    no: str
    name: str
    rules: tuple[Row, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A line of ``tables.jsonl``: the root of a table and the file of its transcription, ``""`` of an own one."""

    root: Field
    file: str = ""


class Named(msgspec.Struct, frozen=True):
    """What a line of the names says of a field."""

    zh: str
    en: str
    about: str


def make(raw: Path) -> dict[str, list[Field]]:
    """Return table → its fields, the root first, in the order of their numbers.

    Raises:
        ValueError: a field has no name, a name or an edit has no field.
    """
    edits = read_edits((HAND / "edits.txt").read_text("utf-8").splitlines())
    tables = [msgspec.json.decode(line, type=Table) for line in (HAND / "tables.jsonl").read_bytes().splitlines()]
    rows = {table.root.code: _rows(raw, table) for table in tables}
    names = {table.root.code: _names(table.root.code) for table in tables}
    by_name = _by_name(rows, names)
    rings = _rings()
    made = {}
    for table in tables:
        code = table.root.code
        unnamed = {no: by_name[row.name] for no, row in rows[code].items() if no not in names[code]}
        made[code] = [table.root, *_fields(code, rows[code], names[code] | unnamed, edits, rings)]
    if edits:
        raise ValueError(f"edits of no field: {' '.join(edits)}")
    return made


def _fields(
    table: str, rows: dict[str, Raw], names: dict[str, Named], edits: dict[str, list[Edit]], rings: dict[str, str]
) -> list[Field]:
    fields = []
    for no in sorted(names, key=lambda number: [int(part) for part in number.split(".")]):
        code = f"{table}-{no}"
        drafts = [
            _draft(row, with_words=table != WORDS_OF_INDUSTRIES) for row in (rows[no].rules if no in rows else ())
        ]
        rules = [_rule(draft) for draft in apply(drafts, edits.pop(code, []))]
        words = dict.fromkeys(
            word for rule in rules for group in rule.groups for word in group if isinstance(word, str)
        )
        above = no.rpartition(".")[0]
        named = names[no]
        fields.append(
            Field(
                code=code,
                zh=named.zh,
                en=named.en,
                about=named.about,
                parent=f"{table}-{above}" if above else table,
                rules=tuple(rules),
                rings={word: rings[word] for word in words if word in rings},
            )
        )
    return fields


def _draft(row: Row, *, with_words: bool) -> Draft:
    words = tuple(dict.fromkeys(row.any)) if with_words else ()
    return Draft(row.ipc, row.not_ipc, (words,) if words else (), row.none)


def _rule(draft: Draft) -> Rule:
    return Rule(groups=draft.groups, none=draft.none, ipc=draft.ipc, not_ipc=draft.not_ipc)


def _rows(raw: Path, table: Table) -> dict[str, Raw]:
    if not table.file:
        return {}
    lines = (raw / table.file).read_bytes().splitlines()
    return {row.no: row for row in (msgspec.json.decode(line, type=Raw) for line in lines)}


def _names(table: str) -> dict[str, Named]:
    """Return number → names; an empty Chinese name is the table's own and filled in later."""
    lines = (HAND / "names" / f"{table}.txt").read_text("utf-8").splitlines()
    parts = ([part.strip() for part in line.split("|")] for line in lines if line)
    return {no: Named(zh, en, about) for no, zh, en, about in parts}


def _by_name(rows: dict[str, dict[str, Raw]], names: dict[str, dict[str, Named]]) -> dict[str, Named]:
    """Fill in the tables' own names, and return the table's name → what the first table with it calls it."""
    found: dict[str, Named] = {}
    for table, named in names.items():
        for no, one in named.items():
            row = rows[table].get(no)
            if not one.zh:
                if row is None:
                    raise ValueError(f"{table}-{no} has no Chinese name")
                named[no] = Named(row.name, one.en, one.about)
            if row is not None:
                found.setdefault(row.name, named[no])
    return found


def _rings() -> dict[str, str]:
    """Return keyword → the shipped ring that it stands in, if that is one only."""
    found: dict[str, str] = {}
    twice = set()
    for line in RINGS.read_bytes().splitlines():
        ring = msgspec.json.decode(line)
        for member in ring.get("members", ()):
            if found.setdefault(member, ring["id"]) != ring["id"]:
                twice.add(member)
    return {member: ring for member, ring in found.items() if member not in twice}


if __name__ == "__main__":
    encoder = msgspec.json.Encoder()
    for name, listed in make(Path(sys.argv[1])).items():
        (TARGET / f"{name}.jsonl").write_bytes(b"".join(encoder.encode(field) + b"\n" for field in listed))
        print(f"{name}: {len(listed)} fields, {sum(1 for field in listed if field.rules)} with rules")

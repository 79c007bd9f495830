"""Writes the table of routes in ``docs/api.md`` anew from the endpoints themselves."""

import inspect
from pathlib import Path

from services.portal.api.routes import ENDPOINTS

DOCUMENT = Path(__file__).resolve().parents[1] / "docs/api.md"
BEGIN, END = "<!-- routes: python -m tools.make_api_table -->\n", "<!-- end of routes -->\n"


def written(document: str) -> str:
    """Return the document with the table of the present endpoints."""
    before, _, rest = document.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


def table() -> str:
    """Return the table: a row an endpoint."""
    rows = [
        f"| `{one.method}` | `{one.path}`{' ✎' if one.edits else ''} | {f'`{one.needs}`' if one.needs else ''} | {_summary(one.work)} |\n"
        for one in ENDPOINTS
    ]
    return "".join(["| | | scope | |\n", "| --- | --- | --- | --- |\n", *rows])


def _summary(work: object) -> str:
    return (inspect.getdoc(work) or "").partition("\n\n")[0].replace("\n", " ")


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")

"""How every parser of XML is made here: it follows nothing, expands nothing, and keeps the limits of libxml2."""

from typing import Any

SAFE_PARSER: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""Options of lxml's parsers."""

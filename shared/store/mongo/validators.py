"""Words for JSON Schemas as MongoDB's validators take them. What is not named is not allowed: a wrong writer is refused."""

from typing import Any

Rule = dict[str, Any]

TEXT: Rule = {"bsonType": "string"}
IDENTITY: Rule = {"bsonType": "string", "minLength": 1}
SEALED: Rule = {"bsonType": "string", "pattern": "^[A-Za-z0-9_-]+={0,2}$"}
"""Sealed texts are of these letters; a mailbox, an address of the web or JSON in the clear is not."""

WHOLE: Rule = {"bsonType": ["int", "long"]}
COUNT: Rule = {"bsonType": ["int", "long"], "minimum": 0}
NUMBER: Rule = {"bsonType": ["double", "int", "long"]}
SHARE: Rule = {"bsonType": ["double", "int", "long"], "minimum": 0, "maximum": 1}
FLAG: Rule = {"bsonType": "bool"}
DATE: Rule = {"bsonType": "date"}
BYTES: Rule = {"bsonType": "binData"}
ANY_OBJECT: Rule = {"bsonType": "object"}
PAIRS: Rule = {"bsonType": "array", "items": {"bsonType": "array", "minItems": 2, "maxItems": 2, "items": TEXT}}


def one_of(values: type) -> Rule:
    """Return the rule for a member of an enumeration of texts."""
    return {"enum": [member.value for member in values]}  # type: ignore[attr-defined]


def list_of(rule: Rule, *, least: int = 0) -> Rule:
    """Return the rule for a list."""
    return {"bsonType": "array", "items": rule, "minItems": least} if least else {"bsonType": "array", "items": rule}


def moments(*names: str) -> dict[str, Rule]:
    """Return the rules for both fields of each moment."""
    return {field: rule for name in names for field, rule in ((name, DATE), (f"{name}_us", WHOLE))}


def document(fields: dict[str, Rule], **optional: Rule) -> Rule:
    """Return the rule for a document with these fields, and perhaps the optional ones."""
    return {
        "bsonType": "object",
        "required": list(fields),
        "properties": {**fields, **optional},
        "additionalProperties": False,
    }

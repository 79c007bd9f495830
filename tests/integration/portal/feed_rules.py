"""What the two formats demand, as schemas: RFC 4287 (the parts that we write; nothing else may stand there) and JSON Feed 1.1."""

import json

import jsonschema
from lxml import etree

_ATOM = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start>
    <element name="feed">
      <attribute name="xml:lang"/>
      <ref name="head"/>
      <element name="author"><element name="name"><ref name="words"/></element></element>
      <optional>
        <element name="link">
          <attribute name="rel"><value>self</value></attribute>
          <attribute name="type"><value>application/atom+xml</value></attribute>
          <attribute name="href"><data type="anyURI"/></attribute>
        </element>
      </optional>
      <zeroOrMore><ref name="entry"/></zeroOrMore>
    </element>
  </start>
  <define name="head">
    <element name="id"><data type="anyURI"><param name="pattern">urn:uuid:[0-9a-f-]{36}</param></data></element>
    <element name="title"><ref name="words"/></element>
    <element name="updated"><data type="dateTime"/></element>
  </define>
  <define name="entry">
    <element name="entry">
      <ref name="head"/>
      <element name="published"><data type="dateTime"/></element>
      <zeroOrMore><element name="category"><attribute name="term"/></element></zeroOrMore>
      <element name="content"><attribute name="type"><value>html</value></attribute><ref name="words"/></element>
    </element>
  </define>
  <define name="words"><data type="string"><param name="minLength">1</param></data></define>
</grammar>
"""

_MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
_WORDS = {"type": "string", "minLength": 1}
_JSON = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": _WORDS,
        "feed_url": {"type": "string", "pattern": "^https?://"},
        "language": _WORDS,
        "authors": {"type": "array", "items": {"type": "object", "required": ["name"]}},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "content_html"],
                "additionalProperties": False,
                "properties": {
                    "id": _WORDS,
                    "title": _WORDS,
                    "content_html": _WORDS,
                    "date_published": _MOMENT,
                    "date_modified": _MOMENT,
                    "tags": {"type": "array", "items": _WORDS},
                    "_zhitui": {"type": "object"},
                },
            },
        },
    },
}


def check_atom(raw: bytes) -> None:
    """Raise when it is no valid Atom."""
    etree.RelaxNG(etree.fromstring(_ATOM)).assertValid(etree.fromstring(raw))


def check_json_feed(raw: bytes) -> None:
    """Raise when it is no valid JSON Feed."""
    jsonschema.validate(json.loads(raw), _JSON)

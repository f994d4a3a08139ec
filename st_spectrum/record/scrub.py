"""Takes out of one exchange whatever is somebody's, field by field: what no list allows gets a
stand-in. Pure but for the drawing of stand-ins.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from st_spectrum.record.allowed import (
    MAPS,
    TEXTS_KEPT,
    TYPES_OF_PEOPLE,
    WORDS_KEPT,
    WORDS_OF_PATHS,
    Rule,
    is_key,
    is_person,
    may_stay,
    may_stay_in_header,
    may_stay_in_json,
    rule_of_column,
    rule_of_key,
)
from st_spectrum.record.exchanges import Exchange
from st_spectrum.record.pseudonyms import Pseudonyms
from st_spectrum.record.trim import trim_rows, trimmed_json
from st_spectrum.record.walk_servicetrade import NO_SUCH_SYSTEM
from st_spectrum.spectrum import envelope

LOGIN_ELEMENTS = frozenset({"Authorization_ID", "GUID"})
WELL_KNOWN = ("http://schemas.xmlsoap.org/", "http://www.w3.org/", "http://www.northgate-is.com/")
"""Beginnings of the names of namespaces, which are no addresses."""
NOWHERE = "http://recorded.invalid"


def _take_out(element: etree._Element) -> None:
    """With whatever stands inside, and with the text behind it."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


@dataclass(frozen=True)
class Scrubber:
    """One recording's. `system` , the external system's name, stays: it is the account file's."""

    pseudonyms: Pseudonyms
    system: str

    def exchange(self, call: Exchange) -> dict[str, Any]:
        """A call as it may be written down."""
        return {
            "probe": call.probe,
            "system": call.system,
            "method": call.method,
            "path": self._path(call.path),
            "query": {name: str(self._value(name, value)) for name, value in call.query.items()},
            "fields": self._fields(call.request_body) if call.path.startswith("/ws/") else {},
            "status": call.status,
            "headers": {
                name: value
                for name, value in call.headers.items()
                if may_stay_in_header(name, value)
            },
            "body": self.body(call),
        }

    def body(self, call: Exchange) -> str:
        """The answer's body; "" for what is neither JSON nor XML, such as a page for people."""
        if call.path.startswith("/wsdls/") and call.status == 200:
            return self.wsdl(call.body)
        if call.body.lstrip()[:1] in (b"{", b"["):
            try:
                return json.dumps(self.json(trimmed_json(json.loads(call.body))))
            except ValueError:
                return ""
        root = envelope.read(call.body)
        root = envelope.read_leniently(call.body) if root is None else root
        if root is None or envelope.local_name(root) != "Envelope":
            return ""
        return self._xml(root)

    def json(self, value: Any, name: str = "") -> Any:
        """A JSON value that stands under `name`."""
        if isinstance(value, Mapping):
            return self._object(value, name)
        if isinstance(value, list):
            return [self.json(inner, name) for inner in value]
        return self._value(name, value)

    def _object(self, value: Mapping[Any, Any], name: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, inner in value.items():
            hidden = self._key(str(key), name)
            while hidden in found:  # two keys without a letter have one stand-in
                hidden += "_"
            is_hidden = name in MAPS or (key in TYPES_OF_PEOPLE and is_person(value))
            found[hidden] = self.json(inner, "" if is_hidden else str(key))
        return found

    def _key(self, key: str, inside: str) -> str:
        if inside in MAPS:
            return key if key in (self.system, NO_SUCH_SYSTEM) else self.pseudonyms.of(key)
        return key if is_key(key) else self.pseudonyms.of(key)

    def _value(self, name: str, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        rule = rule_of_key(name)
        if rule is Rule.KEEP and may_stay_in_json(name, value):
            return value
        if rule is Rule.DATE:
            return self.pseudonyms.shifted(value)
        if isinstance(value, int | float):
            return self.pseudonyms.of_number(value)
        text = str(value)
        if text.casefold() in WORDS_KEPT:
            return text
        return self._address(text) if "://" in text else self.pseudonyms.of(text)

    def cell(self, name: str, value: Any) -> Any:
        """A value of Spectrum that stands in a column or an element; padding stays."""
        rule = rule_of_column(name)
        if value is None or (rule is Rule.KEEP and may_stay(name, str(value))):
            return value
        if rule is Rule.DATE:
            return self.pseudonyms.shifted(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.pseudonyms.of_number(value)
        text = str(value)
        return text if text in TEXTS_KEPT else self.pseudonyms.of(text)

    def _path(self, path: str) -> str:
        return "/".join(
            part if part in WORDS_OF_PATHS or part == self.system else self.pseudonyms.of(part)
            for part in path.split("/")
        )

    def _address(self, text: str) -> str:
        path = text.partition("://")[2].partition("/")[2].partition("?")[0]
        return f"{NOWHERE}/{self._path(path)}"

    def _fields(self, body: bytes) -> dict[str, str]:
        root = envelope.read(body)
        call = next(iter(envelope.children(root[-1])), None) if root is not None else None
        if call is None:
            return {}
        return {
            name: str(self.cell(name, envelope.text_of(child)))
            for child in envelope.children(call)
            if (name := envelope.local_name(child)) not in LOGIN_ELEMENTS
        }

    def _xml(self, root: etree._Element) -> str:
        trim_rows(root)
        for element in list(root.iter()):
            if not isinstance(element.tag, str):
                _take_out(element)
                continue
            name = envelope.local_name(element)
            for attribute in list(element.attrib):
                if not str(element.attrib[attribute]).startswith(WELL_KNOWN):
                    del element.attrib[attribute]
            if element.text and element.text.strip():
                element.text = str(self.cell(name, element.text))
            if element.tail and element.tail.strip():
                element.tail = None
        return self._written(root)

    def wsdl(self, body: bytes) -> str:
        """A description without its address, its remarks, and any text for people."""
        root = envelope.read(body)
        if root is None:
            return ""
        for element in list(root.iter()):
            if not isinstance(element.tag, str) or envelope.local_name(element) == "documentation":
                _take_out(element)
                continue
            element.text = element.tail = None
            for attribute, value in element.attrib.items():
                text = str(value)
                if "://" in text and not text.startswith(WELL_KNOWN):
                    element.attrib[attribute] = self._address(text)
        return self._written(root)

    def _written(self, root: etree._Element) -> str:
        """As text, without names of namespaces that are somebody's address."""
        uris = {uri for element in root.iter() for uri in element.nsmap.values()}
        uris |= {str(element.get("targetNamespace", "")) for element in root.iter()}
        text: str = etree.tostring(root, encoding="unicode")
        for uri in sorted(uris - {""}, key=len, reverse=True):
            if not uri.startswith((*WELL_KNOWN, NOWHERE)):
                hidden = self._address(uri) if "://" in uri else self.pseudonyms.of(uri)
                text = text.replace(f'"{escape(uri)}"', f'"{hidden}"')
        return text

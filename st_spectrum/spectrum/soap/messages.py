"""Request messages: zeep builds one of a service, and every call is a filled copy of it.

zeep walks its whole description of a service for each message, which costs more than sending it.
All elements of Spectrum's services are plain text [SP 3], so nothing of a message but its texts
depends on the values. Most values are texts that stand in XML as they are: then a message is the
bytes between its values, and the values.
"""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy

from lxml import etree

Build = Callable[[Mapping[str, str]], etree._Element]

_STANDS_AS_IT_IS = re.compile("[ -%'-;=?-~]*")
"""Texts of printable ASCII without `&`, `<` and `>`: in XML every one is written as it is."""


def as_bytes(message: etree._Element) -> bytes:
    """A message as it goes out."""
    return etree.tostring(message, xml_declaration=True, encoding="utf-8")


class MessageForm:
    """One operation's request; safe to use from many threads. `build` is zeep, which is asked by
    one thread at a time.

    Where an element is not `is_plain_text`, or zeep does not leave it as it is, each message is
    built by zeep.
    """

    def __init__(self, elements: Sequence[str], build: Build, *, is_plain_text: bool) -> None:
        self._elements = tuple(elements)
        self._build = build
        self._lock = threading.Lock()
        self._is_plain_text = is_plain_text
        self._empty: etree._Element | None = None
        self._places: dict[str, int] = {}
        self._text = ""

    def write(self, values: Mapping[str, str]) -> bytes:
        """The message with a value for every element, as it goes out; raises as `fill` does."""
        if self._is_plain_text and self._form() is not None and self._text:
            texts = tuple([values[name] for name in self._places])
            if _STANDS_AS_IT_IS.fullmatch("".join(texts)):
                return (self._text % texts).encode()
        return as_bytes(self.fill(values))

    def fill(self, values: Mapping[str, str]) -> etree._Element:
        """The message with a value for every element. Raises what zeep raises, and `ValueError` for
        what XML cannot hold.
        """
        empty = self._form() if self._is_plain_text else None
        if empty is None:
            with self._lock:
                return self._build(values)
        message = deepcopy(empty)
        nodes = list(message.iter())
        for name, place in self._places.items():
            nodes[place].text = values[name]
        return message

    def _form(self) -> etree._Element | None:
        """A message to copy, built when the first one is needed; None where the elements cannot be
        told apart in it.
        """
        with self._lock:
            if self._empty is None:
                marks = {f"value of {name}": name for name in self._elements}
                empty = self._build({name: mark for mark, name in marks.items()})
                found = [
                    (marks[node.text], place)
                    for place, node in enumerate(empty.iter())
                    if node.text in marks
                ]
                self._is_plain_text = len(found) == len(marks)
                self._empty, self._places = empty, dict(found)
                order = [f"value of {name}" for name in self._places]
                self._text = _with_gaps(as_bytes(empty).decode(), order)
            return self._empty if self._is_plain_text else None


def _with_gaps(text: str, marks: Sequence[str]) -> str:
    """The text of a message with `%s` in place of each mark, which stand in this order; "" where
    one does not stand there as it is.
    """
    parts = []
    for mark in marks:
        before, found, text = text.partition(f">{mark}</")
        if not found:
            return ""
        parts.append(before.replace("%", "%%") + ">%s</")
    return "".join(parts) + text.replace("%", "%%")

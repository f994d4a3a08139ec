"""Request messages: zeep builds one of a service, and every call is a filled copy of it.

zeep walks its whole description of a service for each message, which costs more than sending it.
All elements of Spectrum's services are plain text [SP 3], so nothing of a message but its texts
depends on the values.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy

from lxml import etree

Build = Callable[[Mapping[str, str]], etree._Element]


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
            return self._empty if self._is_plain_text else None

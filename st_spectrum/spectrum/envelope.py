"""Reading the XML of a Spectrum answer: well formed, with its last closing tags lost, or cut in the
middle [SP 4.1, 4.5].

Pure functions on bytes, matching on local names only, because prefixes and qualification differ
between releases.
"""

from collections.abc import Iterator
from enum import Enum

from lxml import etree

AROUND_ROWS = frozenset({"Envelope", "Body", "returnArray", "returnData"})
"""What may be left open when a body lost its tail and all rows are still there, next to
`<Service>Response`.
"""


class Tail(Enum):
    """How far a body that is not well formed got."""

    NOT_AN_ANSWER = "not an answer at all, or damaged in the middle"
    ROWS_LOST = "cut before the list of rows was closed"
    ONLY_CLOSING_TAGS_LOST = "cut after the list of rows was closed"


def read(body: bytes) -> etree._Element | None:
    """The root of a well-formed body, else None."""
    try:
        return etree.fromstring(body, _parser())
    except (etree.XMLSyntaxError, ValueError):
        return None


def read_leniently(body: bytes) -> etree._Element | None:
    """The root as far as it can be made out; only for bodies whose gap is known."""
    try:
        # The forgiving parser answers None where nothing at all can be read; its stubs do not say
        # so.
        root: etree._Element | None = etree.fromstring(body, _parser(is_forgiving=True))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root


def tail_of(body: bytes) -> Tail:
    """Judge a body that is not well formed. Its rows are all there once the element around them has
    been closed.
    """
    if not body.strip():
        return Tail.ROWS_LOST
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        huge_tree=True,
        remove_comments=True,
    )
    open_names: list[str] = []
    is_list_closed = False
    try:
        parser.feed(body)
        for event, element in parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            if event == "start":
                open_names.append(local_name(element))
                continue
            closed = open_names.pop()
            parent = open_names[-1] if open_names else ""
            is_wrapper = parent == "returnData" and closed != "response"
            is_list_closed = is_list_closed or is_wrapper or closed in ("returnData", "returnArray")
    except etree.XMLSyntaxError:
        return Tail.NOT_AN_ANSWER
    if not open_names:
        return Tail.ROWS_LOST if b"Envelope" in body else Tail.NOT_AN_ANSWER
    if open_names[0] != "Envelope":
        return Tail.NOT_AN_ANSWER
    is_around_rows = all(name in AROUND_ROWS or name.endswith("Response") for name in open_names)
    return Tail.ONLY_CLOSING_TAGS_LOST if is_list_closed and is_around_rows else Tail.ROWS_LOST


def describe(body: bytes) -> str:
    """What kind of thing a body is, for a sentence such as "answered with an HTML page"."""
    start = body.lstrip()[:200].lower()
    if not start:
        return "an empty body"
    if b"<html" in start or start.startswith(b"<!doctype html"):
        return "an HTML page"
    if start[:1] in (b"{", b"["):
        return "JSON"
    if start.startswith(b"<"):
        return "broken or incomplete XML" if read(body) is None else "XML of another kind"
    return "something that is not XML"


def named(element: etree._Element, name: str) -> list[etree._Element]:
    """`element` and everything below it that has this local name, in document order."""
    return [found for found in element.iter() if local_name(found) == name]


def children(element: etree._Element) -> Iterator[etree._Element]:
    """The child elements, without comments and processing instructions."""
    return (child for child in element if isinstance(child.tag, str))


def local_name(element: etree._Element) -> str:
    """The name without namespace; empty for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: etree._Element) -> str:
    """All text of an element, stripped: blanks come as nothing or as a single space, codes come
    padded [SP 4.5].
    """
    return "".join(map(str, element.itertext())).strip()


def _parser(*, is_forgiving: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        recover=is_forgiving,
        resolve_entities=False,
        no_network=True,
        huge_tree=True,
        remove_comments=True,
    )

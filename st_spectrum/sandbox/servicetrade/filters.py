"""Query parameters that narrow a list. A value that cannot be understood is refused, and so is an
unknown name.

Refusing unknown names is assumed, and stricter than the real system may be: a misspelt filter would
otherwise answer with far too many records and nobody would notice.
"""

from collections.abc import Callable, Iterable, Mapping

from st_spectrum.sandbox.servicetrade.call import Call, Refused
from st_spectrum.sandbox.servicetrade.documents import Document

Test = Callable[[Document], bool]
Filter = Callable[[Call, str], Test]
"""Reads one value into a test; raises ValueError with what was wrong about the value."""

LIST_KEYS = frozenset({"page", "limit", "sort", "sortOrder", "_sideload"})
"""Parameters of every list that are no filters [ST 1.2, 1.6]."""


def select(call: Call, kind: str, filters: Mapping[str, Filter]) -> list[Document]:
    """The records of a kind that pass every filter in the query."""
    tests: list[Test] = []
    problems: list[str] = []
    for name, value in call.query.items():
        if name in LIST_KEYS:
            continue
        if name not in filters:
            problems.append(
                f"{name}: this list has no such filter; it has {', '.join(sorted(filters))}"
            )
            continue
        try:
            tests.append(filters[name](call, value))
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise Refused(400, *problems)
    return [
        document for document in call.documents.all(kind) if all(test(document) for test in tests)
    ]


def whole(value: str) -> int:
    """A whole number, such as an id or epoch seconds."""
    if not value.isascii() or not value.isdigit():
        raise ValueError(f"{value!r} is not a whole number")
    return int(value)


def listed(value: str) -> list[str]:
    """A comma-separated list [ST 1]."""
    return [part.strip() for part in value.split(",") if part.strip()]


def exact(key: str) -> Filter:
    """Equal text."""
    return lambda _call, value: lambda document: document.get(key) == value


def containing(*keys: str) -> Filter:
    """Text anywhere in one of the fields, upper and lower case alike (assumed for every `name` and
    `search`).
    """

    def read(_call: Call, value: str) -> Test:
        wanted = value.casefold()
        return lambda document: any(wanted in (document.get(key) or "").casefold() for key in keys)

    return read


def in_address(key: str) -> Filter:
    """Equal text in the address, upper and lower case alike (assumed)."""
    return lambda _call, value: (
        lambda document: (document["address"].get(key) or "").casefold() == value.casefold()
    )


def one_of(key: str, allowed: Iterable[str]) -> Filter:
    """One or several values of an enumeration."""
    known = tuple(allowed)

    def read(_call: Call, value: str) -> Test:
        wanted = frozenset(choices(value, known))
        return lambda document: document.get(key) in wanted

    return read


def choices(value: str, known: Iterable[str]) -> list[str]:
    """A comma-separated list of known words; ValueError for an unknown one or none at all."""
    wanted = listed(value)
    if not wanted or (unknown := sorted(set(wanted) - set(known))):
        raise ValueError(
            f"{', '.join(unknown) if wanted else 'nothing'} is not one of {', '.join(known)}"
        )
    return wanted


def ids(key: str) -> Filter:
    """One or several ids, in a field that holds one id or a list of them."""

    def read(_call: Call, value: str) -> Test:
        wanted = {whole(part) for part in listed(value)}

        def test(document: Document) -> bool:
            held = document.get(key)
            return bool(wanted.intersection(held)) if isinstance(held, list) else held in wanted

        return test

    return read


def flag(key: str) -> Filter:
    """1 or 0; the words true and false are refused (assumed) [ST 1]."""

    def read(_call: Call, value: str) -> Test:
        wanted = truth(value)
        return lambda document: bool(document.get(key)) is wanted

    return read


def truth(value: str) -> bool:
    """1 or 0 as a boolean."""
    if value not in ("0", "1"):
        raise ValueError(f"{value!r} is not 1 or 0")
    return value == "1"


def at_least(key: str) -> Filter:
    """A number on or after the value; records without one do not pass [ST 1.3]."""

    def read(_call: Call, value: str) -> Test:
        bound = whole(value)
        return lambda document: document.get(key) is not None and document[key] >= bound

    return read


def at_most(key: str) -> Filter:
    """A number on or before the value; records without one do not pass [ST 1.3]."""

    def read(_call: Call, value: str) -> Test:
        bound = whole(value)
        return lambda document: document.get(key) is not None and document[key] <= bound

    return read


def tagged(call: Call, value: str) -> Test:
    """Tag names, of which a record must carry all; said of invoices, assumed for the rest
    [ST 6.1].
    """
    names = {name.casefold() for name in listed(value)}

    def test(document: Document) -> bool:
        held = (call.documents.get("tag", number) for number in document.get("tagIds", ()))
        return names <= {tag["name"].casefold() for tag in held if tag}

    return test


CHANGES: dict[str, Filter] = {
    "createdAfter": at_least("created"),
    "createdBefore": at_most("created"),
    "updatedAfter": at_least("updated"),
    "updatedBefore": at_most("updated"),
}
"""The four change filters, inclusive at both ends [ST 1.3]."""

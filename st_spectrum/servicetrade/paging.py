"""Records out of ServiceTrade's answers: one object, one page, a whole list; without any network.

An answer may also be a compound document: references are bare ids then, and their targets stand
beside it [ST 1.6].
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from st_spectrum.domain.digests import digest
from st_spectrum.servicetrade.wire import Json, broken, shape, unwrap

PAGES_MAXIMUM = 2_000
"""No list is this long; a server that always promises one more page would keep us for ever."""

_SIBLINGS: Mapping[str, str] = {
    "customer": "companies",
    "company": "companies",
    "vendor": "companies",
    "location": "locations",
    "assignedOffice": "locations",
    "offices": "locations",
    "primaryContact": "contacts",
    "owner": "users",
    "sales": "users",
    "job": "jobs",
    "serviceRequests": "serviceRequests",
}
"""Where a compound answer keeps the targets of references that came as bare ids [ST 1.6]."""


def one_record(body: object, plural: str, operation: str) -> Json:
    """The one object of an answer, with the bare ids of a compound answer filled in. Raises
    `ContractBroken`.
    """
    data = unwrap(body)
    if isinstance(data, Mapping):
        if "id" in data:
            return _filled_in(data, _sibling_lists(body))
        listed = data.get(plural)
        if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], Mapping):
            return _filled_in(listed[0], _sibling_lists(body))
    raise broken(operation, f"expected one object with an id and found {shape(data)}")


@dataclass(frozen=True)
class Page:
    """One page of a list. `total_count` is None when the answer does not say it."""

    records: tuple[Json, ...]
    number: int
    total_pages: int
    total_count: int | None


def read_page(body: object, plural: str, expected: int, operation: str) -> Page:
    """One page [ST 1.1, 1.2]; a missing `totalPages` means one page. Raises `ContractBroken` when
    there is no list in it.
    """
    data = unwrap(body)
    records = _records(data, plural, operation)
    siblings = _sibling_lists(body)
    numbers = data if isinstance(data, Mapping) else {}
    number = _number(numbers.get("page"), operation) or expected
    if number != expected:
        raise broken(operation, f"asked for page {expected} and was given page {number}")
    total_count = _number(numbers.get("totalCount"), operation)
    total_pages = _number(numbers.get("totalPages"), operation)
    if total_count is None:
        total_count = _compound_total(body, operation)
        if total_pages is None and total_count is not None and records:
            # A compound answer counts records and no pages: another page is due while any are
            # missing.
            total_pages = expected + 1 if expected * len(records) < total_count else expected
    return Page(
        tuple(_filled_in(record, siblings) for record in records),
        number,
        total_pages or 1,
        total_count,
    )


def _records(data: object, plural: str, operation: str) -> list[Json]:
    found: object = data
    if isinstance(data, Mapping):
        lists = {name: value for name, value in data.items() if isinstance(value, list)}
        if plural in lists:
            found = lists[plural]
        elif len(lists) == 1:
            found = next(iter(lists.values()))
        elif not lists and data.get("totalCount") == 0:
            found = []
    if isinstance(found, list) and (
        not found or any(isinstance(record, Mapping) for record in found)
    ):
        # What is no object among objects is a record too, one that cannot be read.
        return [record if isinstance(record, Mapping) else {"": record} for record in found]
    raise broken(operation, f"expected a list of {plural} and found {shape(data)}")


def _number(value: object, operation: str) -> int | None:
    if value is None:
        return None
    try:
        return int(str(value))
    except ValueError:
        raise broken(
            operation, f"expected a whole number in the paging and found {value!r}"
        ) from None


def _compound_total(body: object, operation: str) -> int | None:
    meta = body.get("meta") if isinstance(body, Mapping) else None
    return _number(meta.get("totalRecords"), operation) if isinstance(meta, Mapping) else None


def _sibling_lists(body: object) -> dict[str, dict[object, Json]]:
    found: dict[str, dict[object, Json]] = {}
    for source in (body, unwrap(body)):
        if isinstance(source, Mapping):
            for name in set(_SIBLINGS.values()) & source.keys():
                items = source[name]
                if isinstance(items, list):
                    targets = {item["id"]: item for item in items if _has_id(item)}
                    found.setdefault(name, {}).update(targets)
    return found


def _has_id(item: object) -> bool:
    found = item.get("id") if isinstance(item, Mapping) else None
    return isinstance(found, int | str) and not isinstance(found, bool)


def _filled_in(record: Json, siblings: Mapping[str, Mapping[object, Json]]) -> Json:
    def target(key: str, value: object) -> object:
        if isinstance(value, int) and not isinstance(value, bool):
            return siblings[_SIBLINGS[key]].get(value, value)
        return value

    changed: dict[str, object] = {}
    for key, value in record.items():
        if _SIBLINGS.get(key) in siblings:
            changed[key] = (
                [target(key, item) for item in value]
                if isinstance(value, list)
                else target(key, value)
            )
    return {**record, **changed} if changed else record


def read_all(fetch: Callable[[int], Page], operation: str) -> Iterator[Json]:
    """Every record of a list, each id once, as its pages come in; `fetch` reads the page of a
    number, from 1.

    Records can move between pages while they are read [ST 1.2]. When the count changed on the way,
    or fewer ids came than counted, all pages are read once more for what was missed; what still
    moves then is left to the overlap of the next round, and so is the one move that no number
    betrays: a record that leaves in the very moment when another arrives. An error of `fetch` goes
    through: there is never a short list.
    """
    seen: set[object] = set()
    for _ in range(2):
        counts: list[int | None] = []
        for page in _pages(fetch, operation):
            counts.append(page.total_count)
            for record in page.records:
                # Several that have no id are several; which they are, only their contents tell.
                key = record["id"] if _has_id(record) else ("", digest(record))
                if key not in seen:
                    seen.add(key)
                    yield record
        counted = counts[-1]
        if len(set(counts)) == 1 and (counted is None or len(seen) >= counted):
            return


def _pages(fetch: Callable[[int], Page], operation: str) -> Iterator[Page]:
    for number in range(1, PAGES_MAXIMUM + 1):
        page = fetch(number)
        yield page
        # Each page says anew how many there are: a list may grow or shrink while it is read.
        if number >= page.total_pages:
            return
    raise broken(operation, f"the list goes on after {PAGES_MAXIMUM} pages")

"""Lists: page, limit, sort, and the plural key [ST 1.2]."""

from collections.abc import Callable
from dataclasses import dataclass

from st_spectrum.sandbox.servicetrade.call import Answer, Call, Refused
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.filters import whole
from st_spectrum.sandbox.servicetrade.shapes import PLURALS, Shapes


@dataclass(frozen=True)
class PageRule:
    """How many records a page holds when nothing is asked, and how many at most."""

    default: int = 2000
    maximum: int = 2000


ASSUMED = PageRule()
"""Where no page names the sizes: those that most resources of the 2026 list have (assumed)
[ST 1.2].
"""
RULES = {
    "invoice": PageRule(2000, 2000),
    "job": PageRule(2000, 2000),
    "user": PageRule(2000, 2000),
    # Ten, so that a client that forgets `limit` finds out here [ST 1.2, 15].
    "location": PageRule(10, 5000),
    # The default was seen live, the maximum is assumed [ST 1.2].
    "contact": PageRule(100, 2000),
    "servicerequest": PageRule(5000, 5000),
}

SORTS = ("id", "name", "number", "created", "updated", "transactionDate")
"""Fields that every list can be sorted by (assumed); without `sort` the oldest id comes first
(assumed).
"""


def answer(
    call: Call, kind: str, documents: list[Document], shape: Callable[[Shapes, Document], Document]
) -> Answer:
    """One page of `documents`, each rendered by `shape`. Raises Refused 400 for page, limit or sort
    that make no sense.
    """
    rule = RULES.get(kind, ASSUMED)
    page = _positive(call, "page", 1)
    limit = _limit(call, rule)
    documents = _sorted(call, documents)
    rows = [
        shape(call.shapes, document) for document in documents[(page - 1) * limit : page * limit]
    ]
    if call.shapes.is_compound:
        return Answer({PLURALS[kind]: rows}, total_records=len(documents))
    paging = {
        # An empty list has one empty page (assumed).
        "totalPages": max(1, -(-len(documents) // limit)),
        "page": page,
        "totalCount": len(documents),
        "pageSize": limit,
    }
    return Answer({**paging, PLURALS[kind]: rows})


def _positive(call: Call, name: str, default: int) -> int:
    if name not in call.query:
        return default
    try:
        value = whole(call.query[name])
    except ValueError as error:
        raise Refused(400, f"{name}: {error}") from None
    if value < 1:
        raise Refused(400, f"{name}: {value} is below 1")
    return value


def _limit(call: Call, rule: PageRule) -> int:
    limit = _positive(call, "limit", rule.default)
    if limit > rule.maximum and call.switches.is_high_limit_refused:
        raise Refused(400, f"limit: {limit} is above the maximum of {rule.maximum}")
    return min(limit, rule.maximum)


def _sorted(call: Call, documents: list[Document]) -> list[Document]:
    order = call.query.get("sortOrder", "asc")
    if order not in ("asc", "desc"):
        raise Refused(400, f"sortOrder: {order!r} is not asc or desc")
    sort = call.query.get("sort", "id")
    if sort not in SORTS:
        raise Refused(400, f"sort: {sort!r} is not one of {', '.join(SORTS)}")
    if sort == "id" and order == "asc":
        return documents
    # Equal values stay in the order of their ids; text never meets numbers because a field has one
    # type.
    return sorted(
        documents,
        key=lambda document: (document.get(sort) is not None, document.get(sort)),
        reverse=order == "desc",
    )

"""What goes over the wire to ServiceTrade and what comes back, without any network: queries,
envelopes, refusals.

The client sends what `query` builds and hands every answer to this module. Nothing here waits, logs
or calls.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus

from st_spectrum.domain import answers
from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    OutcomeUnknown,
    Problem,
    RateLimited,
    Rejected,
    SyncFault,
    Unavailable,
)

SYSTEM = "servicetrade"
COMPANY_STATUSES = ("active", "pending", "inactive", "on_hold")
"""All of them; without `status` a list holds active companies only [ST 4.1]."""
LOCATION_STATUSES = ("active", "pending", "inactive", "on_hold")
"""[ST 4.2]"""
INVOICE_STATUSES = (
    *("ok", "internal_review", "pending_accounting", "processed"),
    *("failed", "sent", "paid", "void"),
)
"""Every status in which an invoice may be that bears a number of accounting [ST 6.2]."""

JOB_STATUSES = (
    "new",
    "scheduled",
    "canceled",
    "bidding",
    "completed",
    "pending_invoice",
    "sending_invoice",
    "closed",
)
"""All that may be asked for. Without `status` only scheduled jobs come, and `all` leaves out the
canceled ones [ST 5.1].
"""
PAGE_MAXIMUM: Mapping[str, int] = {
    "job": 2000,
    "location": 2000,
    "user": 2000,
    "servicerequest": 2000,
    "invoice": 2000,
}
"""Largest `limit` of a resource [ST 1.2]."""
PAGE_MAXIMUM_ELSEWHERE = 1000
"""Assumed for resources whose maximum is not known; a server that allows less says so in
`totalPages`.
"""
RETRY_AFTER_DEFAULT = 15.0
"""Seconds to stay away when a 429 does not say; assumed, since the budget refills each minute
[ST 1.5].
"""

Parameter = str | int | bool | None | Iterable[str]
Json = Mapping[str, object]

_REFUSALS = frozenset({400, 404, 409, 422})
_SECRET_PATTERNS = (
    re.compile(r"(Bearer\s+)[^\s\"',;]+", re.IGNORECASE),
    re.compile(r"(PHPSESSID=)[^\s\"',;]+", re.IGNORECASE),
    re.compile(
        r"((?:access_token|refresh_token|id_token|client_secret|password|authToken)[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,;}]+",
        re.IGNORECASE,
    ),
)


class RecordBroken(ContractBroken):
    """One record cannot be read; the others of its kind can."""

    advice = "Correct the field named in ServiceTrade; the record then goes out by itself."
    stops_the_run = False


def query(
    limit: int | None = None, page: int | None = None, **filters: Parameter
) -> dict[str, str]:
    """Query parameters: no None, booleans as 1 and 0, several values joined by commas [ST 1]."""
    values = {**filters, "limit": limit, "page": page}
    return {name: _parameter(value) for name, value in values.items() if value is not None}


def _parameter(value: Parameter) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str | int):
        return str(value)
    return ",".join(map(str, value or ()))


def page_limit(resource: str, wanted: int) -> int:
    """The page size to ask for: the account file's, at most the resource's [ST 1.2]."""
    return min(wanted, PAGE_MAXIMUM.get(resource, PAGE_MAXIMUM_ELSEWHERE))


def is_envelope(body: object) -> bool:
    """Whether an answer is ServiceTrade's own, and not the JSON of something in between: all of its
    bear messages [ST 1.1].
    """
    return isinstance(body, Mapping) and isinstance(body.get("messages"), Mapping | list)


def unwrap(body: object) -> object:
    """What is inside the envelope: `data`, or the body itself when it has none [ST 1.1]."""
    return body["data"] if isinstance(body, Mapping) and "data" in body else body


def taken(body: object, operation: str) -> Json:
    """What the answer to a write holds; {} for nothing. Raises `Rejected` for a refusal inside."""
    data = unwrap(body)
    if data is None and (reasons := problems(200, body)):
        raise Rejected(reasons, system=SYSTEM, operation=operation)
    return data if isinstance(data, Mapping) else {}


@dataclass(frozen=True)
class Budget:
    """The compute budget as an answer reports it, in milliseconds of server time [ST 1.5]."""

    usage_ms: int
    balance_ms: int


def budget(body: object) -> Budget | None:
    """What `meta.stats` says; None when the answer is silent or odd, which is no reason to stop."""
    meta = body.get("meta") if isinstance(body, Mapping) else None
    stats = meta.get("stats") if isinstance(meta, Mapping) else None
    if not isinstance(stats, Mapping):
        return None
    usage, balance = stats.get("resourceUsageMs"), stats.get("resourceBalanceMs")
    return (
        Budget(usage if isinstance(usage, int) else 0, balance)
        if isinstance(balance, int)
        else None
    )


def problems(status: int, body: object) -> tuple[Problem, ...]:
    """The vendor's own texts from `messages.error`, a plain array, or `messages.validation`
    [ST 1.1, 1.4].

    `validation` is an object from the name of a field to one text; lists of texts are understood as
    well. What stands in both is told once, with its field.
    """
    messages = body.get("messages") if isinstance(body, Mapping) else None
    if isinstance(messages, Mapping):
        of_fields = list(_texts("", messages.get("validation")))
        known = {words for field, text in of_fields for words in (text, f"{field}: {text}")}
        found = [
            pair for pair in _texts("", messages.get("error")) if pair[1] not in known
        ] + of_fields
    else:
        found = list(_texts("", messages))
    return tuple(Problem(str(status), redact(text), field) for field, text in dict.fromkeys(found))


def _texts(field: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(str(name), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(field, inner)
    elif value not in (None, ""):
        yield field, str(value)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float:
    """Seconds to stay away, from seconds or an HTTP date; from 0 to an hour."""
    return answers.retry_after(headers, RETRY_AFTER_DEFAULT, now)


def sent_at(headers: Mapping[str, str]) -> float | None:
    """When the server sent an answer, by its own clock, in epoch seconds; None if unsaid."""
    return _epoch_seconds(
        next((value for name, value in headers.items() if name.lower() == "date"), "")
    )


@lru_cache(maxsize=1)
def _epoch_seconds(text: str) -> float | None:
    """All answers of one second say the same."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None


def choose_error(
    status: int, headers: Mapping[str, str], body: object, method: str, operation: str
) -> SyncFault:
    """The family for an HTTP status that is no success [ST 1.4]; `body` is the parsed JSON, None
    when it was none.

    Only its envelope is ServiceTrade's own word: without one nothing is known about a write,
    whatever the status. A 404 of a single GET is a value and never comes here. A status this table
    does not know is `ContractBroken`.
    """
    reasons = problems(status, body)
    reason = "; ".join(map(str, reasons)) or f"no reason was given ({_phrase(status)})"
    is_write = method != "GET"
    is_from_a_gateway = is_write and status in answers.FROM_A_GATEWAY and not is_envelope(body)
    if (status >= 500 and not is_from_a_gateway) or status == HTTPStatus.REQUEST_TIMEOUT:
        family = OutcomeUnknown if is_write else Unavailable
        return family(f"HTTP {status}: {reason}", system=SYSTEM, operation=operation)
    if is_write and not is_envelope(body):
        return foreign(f"HTTP {status} without ServiceTrade's own words", headers, operation)
    if status in (401, 403):
        return AccessDenied(f"HTTP {status}: {reason}", system=SYSTEM, operation=operation)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        pause = retry_after(headers)
        text = f"the compute budget is used up; it asks to come back in {pause:.0f} s"
        return RateLimited(text, retry_after=pause, system=SYSTEM, operation=operation)
    if is_write and status in _REFUSALS:
        return Rejected(
            reasons or [Problem(str(status), reason)], system=SYSTEM, operation=operation
        )
    return broken(operation, f"the answer HTTP {status} was not expected here: {reason}")


def foreign(found: str, headers: Mapping[str, str], operation: str) -> ForeignAnswer:
    """A write was answered by something else than ServiceTrade; `found` says with what."""
    text = f"the answer does not come from ServiceTrade: {found}"
    return ForeignAnswer(
        text, retry_after=answers.asked_pause(headers), system=SYSTEM, operation=operation
    )


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without tokens, session ids and passwords: those named, and all that look so."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    for pattern in _SECRET_PATTERNS:
        text = pattern.sub(r"\1***", text)
    return text


def shape(value: object) -> str:
    """A few words on what a value is, for error texts; never its contents."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return (
            f"an object with {', '.join(map(str, list(value)[:8]))}" if value else "an empty object"
        )
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f"a {type(value).__name__}"


def broken(operation: str, text: str) -> ContractBroken:
    """An answer that is not as the reference says."""
    return ContractBroken(text, system=SYSTEM, operation=operation)

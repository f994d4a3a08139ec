"""What ServiceTrade's answers say of what is taken for true about them. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from st_spectrum.flows.timecards.pieces import ACTIVITY_NAMES
from st_spectrum.record.judgement import Evidence, Judgement, judged, kind_of, listed
from st_spectrum.record.servicetrade_keys import CARDS, Rows, judge_keys, sources_of
from st_spectrum.record.walk_servicetrade import DAY, SPAN_SECONDS
from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.item_models import JobItem, LibraryItem
from st_spectrum.servicetrade.models import Company, Job, Location, ServiceLine, User
from st_spectrum.servicetrade.time_models import Absence, ClockEvent, TimeCard
from st_spectrum.servicetrade.wire import is_envelope, unwrap

HOUR = 3600
FEW = 3
NEAR_SECONDS = 36
"""A hundredth of an hour."""


def judge_servicetrade(evidence: Evidence) -> Iterator[Judgement]:
    """All that its lists and refusals tell."""
    yield from judge_keys(evidence)
    yield from _time(evidence)
    yield from _records(evidence)
    yield from _refusals(evidence)
    yield from _sums(evidence)


def _time(evidence: Evidence) -> Iterator[Judgement]:
    sources = sources_of(evidence)
    logs = [row for row in sources["day log"] if row.get("type") in ("labor", "clock", "other")]
    both = [row for row in logs if _number(row.get("duration")) and _number(row.get("quantity"))]
    apart = [row for row in both if not _is_same_time(row)]
    for id_, where in (
        ("ST8.DayLog.duration", "servicetrade/time_models.py DayLog.duration"),
        ("ST8._row_hours", "timecards.card_hours"),
    ):
        yield judged(
            id_,
            "duration in seconds is quantity in hours",
            f"{len(apart)} of {len(both)} rows differ, {_ratios(apart)}",
            where,
            holds=not apart,
            seen=bool(both),
        )
    yield _midnights(evidence, sources["day log"])
    yield _parsed("ST8.time_models", TimeCard, evidence.of(*CARDS), "servicetrade/time_models.py")
    yield _parsed("ST8.pieces", TimeCard, evidence.of(*CARDS), "flows/timecards/pieces.py")
    clocked = [row for row in sources["day log"] if row.get("type") == "clock"]
    names = {str(row.get("name", "")).casefold() for row in clocked}
    others = names - {*ACTIVITY_NAMES, *ACTIVITY_NAMES.values()}
    yield judged(
        "ST8.ACTIVITY_NAMES",
        f"rows of clocked time are called {', '.join(ACTIVITY_NAMES)}",
        f"{len(others)} of {len(names)} names are others",
        "flows/timecards/pieces.py ACTIVITY_NAMES",
        holds=not others,
        seen=bool(names),
    )
    yield from _card_filters(evidence)
    events = sorted(evidence.of("list clock"), key=lambda row: _number(row.get("id")))
    created = [_number(row.get("created")) for row in events if row.get("created")]
    yield judged(
        "ST8._completed",
        "a later event has a higher id",
        "ids that are not in the order of creation",
        "flows/timecards/clock.py _completed",
        holds=created == sorted(created),
        seen=len(created) > 1,
    )


def _is_same_time(row: Mapping[str, Any]) -> bool:
    apart = _number(row["duration"]) - _number(row["quantity"]) * HOUR
    return abs(apart) <= NEAR_SECONDS


def _ratios(rows: Rows) -> str:
    ratios = {round(_number(row["duration"]) / _number(row["quantity"])) for row in rows}
    return f"duration to quantity as {listed(ratios)}" if len(ratios) <= FEW else "by no one factor"


def _midnights(evidence: Evidence, logs: Rows) -> Judgement:
    account = evidence.account
    zones = [ZoneInfo(name) for name in (account.timezone, *account.office_timezones)]
    times = [value for row in logs if isinstance(value := row.get("date"), int)]
    hours = {
        (at.hour, at.minute)
        for value in times
        if 0 < value < 10**10
        and all(
            (at := datetime.fromtimestamp(value, UTC).astimezone(zone)).hour or at.minute
            for zone in zones
        )
    }
    found = ", ".join(f"{hour:02d}:{minute:02d}" for hour, minute in sorted(hours)[:5])
    return judged(
        "ST8.DayLog.date",
        "date is a midnight of the account's time zone",
        f"other times of day, such as {found}" if hours else "no epoch seconds",
        "servicetrade/time_models.py DayLog.date; timezone, office_timezones",
        holds=not hours and bool(times),
        seen=bool(logs),
    )


def _card_filters(evidence: Evidence) -> Iterator[Judgement]:
    approved = evidence.of("list timecard approved")
    others = {str(row.get("status")) for row in approved} - {"approved"}
    listed_all = evidence.of("list timecard")
    is_empty = bool(
        not approved and any("status" in row for row in listed_all) and _has_status(listed_all)
    )
    yield judged(
        "ST8.ServiceTrade.time_cards.2",
        "the filter status=approved leaves approved cards",
        f"cards that are {listed(others)}" if others else "no card, though there are approved ones",
        "servicetrade/client.py ServiceTrade.time_cards",
        holds=not others and not is_empty,
        seen=bool(approved) or is_empty,
    )
    now = max((_number(row.get("updated")) for row in listed_all), default=0)
    starts = [_number(row["periodStart"]) for row in listed_all if row.get("periodStart")]
    early = [start for start in starts if now and start < now - SPAN_SECONDS - 14 * DAY]
    yield judged(
        "ST8.ServiceTrade.time_cards",
        "the filters periodStartAfter and periodStartBefore hold",
        f"{len(early)} of {len(starts)} cards are older than was asked for",
        "servicetrade/client.py ServiceTrade.time_cards",
        holds=not early,
        seen=bool(starts),
    )
    one = evidence.exchanges.of("one timecard")
    yield judged(
        "ST8.ServiceTrade.time_card",
        "one time card is read by its id",
        f"HTTP {one.status}" if one else "",
        "servicetrade/client.py ServiceTrade.time_card",
        holds=bool(evidence.of("one timecard")),
        seen=one is not None,
    )


def _has_status(cards: Rows) -> bool:
    return any(row.get("status") == "approved" for row in cards)


def _parsed(id_: str, model: type[BaseModel], rows: Rows, where: str) -> Judgement:
    wrong: set[str] = set()
    for row in rows:
        try:
            model.model_validate(row)
        except ValidationError as error:
            wrong |= {".".join(str(part) for part in one["loc"][:1]) for one in error.errors()}
    return judged(
        id_,
        f"every record reads as a {model.__name__}",
        f"not readable: {', '.join(sorted(wrong))}",
        where,
        holds=not wrong,
        seen=bool(rows),
    )


READ_AS: Mapping[str, type[BaseModel]] = {
    "company": Company,
    "location": Location,
    "job": Job,
    "user": User,
    "clock": ClockEvent,
    "user/absence": Absence,
    "libitem": LibraryItem,
    "serviceline": ServiceLine,
}
"""What the rows of a list are read as, beside those that an assumption stands for."""


def _records(evidence: Evidence) -> Iterator[Judgement]:
    for kind, model in READ_AS.items():
        rows = evidence.of(f"list {kind}", f"one {kind}")
        yield _parsed(f"fact.ST.reads.{kind}", model, rows, f"servicetrade models {model.__name__}")
    yield _parsed(
        "fact.ST.reads.invoice", Invoice, _invoices(evidence), "servicetrade models Invoice"
    )
    yield _visits(evidence)
    items = evidence.of("list jobitem", "list jobitem labor", "one jobitem")
    yield _parsed("ST7.item_models", JobItem, items, "servicetrade/item_models.py")
    places = evidence.of("list location", "one location")
    silent = [row for row in places if row.get("taxable") is None]
    yield judged(
        "ST4.Location.is_taxable",
        "every location says whether it is taxable",
        f"{len(silent)} of {len(places)} say nothing",
        "servicetrade/models.py Location.is_taxable; maps.sales_tax",
        holds=not silent,
        seen=bool(places),
    )
    invoices = _invoices(evidence)
    terms = [row["paymentTerms"] for row in invoices if row.get("paymentTerms") is not None]
    wrong = [value for value in terms if not isinstance(value, Mapping) or "id" not in value]
    yield judged(
        "ST6.Invoice.payment_terms",
        "paymentTerms is an object with an id",
        ", ".join(sorted({kind_of(value) for value in wrong})),
        "servicetrade/invoice_models.py Invoice.payment_terms",
        holds=not wrong,
        seen=bool(terms),
    )


def _visits(evidence: Evidence) -> Judgement:
    """A job as the list shows it, beside the same one read by its id."""
    whole = {row.get("id"): row for row in evidence.of("one job")}
    pairs = [
        (_ids(row.get("appointments")), _ids(whole[row["id"]].get("appointments")))
        for row in evidence.of("list job")
        if row.get("id") in whole
    ]
    return judged(
        "ST5.Job.appointments",
        "a job in a list has all of its appointments",
        ", ".join(f"{len(short)} of {len(full)}" for short, full in pairs),
        "servicetrade/models.py Job.appointments",
        holds=all(short == full for short, full in pairs),
        seen=any(full for _, full in pairs),
    )


def _ids(rows: object) -> set[object]:
    listed_rows = rows if isinstance(rows, list) else []
    return {row.get("id") for row in listed_rows if isinstance(row, Mapping)}


def _invoices(evidence: Evidence) -> Rows:
    return [
        row
        for probe, rows in evidence.records.items()
        if probe.startswith(("list invoice", "one invoice"))
        for row in rows
    ]


def _refusals(evidence: Evidence) -> Iterator[Judgement]:
    statuses = (
        (
            "ST._external_system",
            "undefined system",
            (400, 404, 409, 422),
            "check/servicetrade.py _external_system",
        ),
        ("fact.ST.unknown_id", "unknown id", (404,), "servicetrade/transport.py [ST 1.4]"),
        ("fact.ST.made_up_token", "made-up token", (401,), "servicetrade/transport.py [ST 2.2]"),
        ("ST.PAGE_MAXIMUM_ELSEWHERE", "list serviceline", (200,), "servicetrade/wire.py"),
    )
    for id_, probe, expected, where in statuses:
        call = evidence.exchanges.of(probe, "servicetrade")
        shape = "" if call is None or is_envelope(call.json) else ", without its envelope"
        yield judged(
            id_,
            f"{probe}: HTTP {' or '.join(map(str, expected))}",
            f"HTTP {call.status}{shape}" if call else "",
            where,
            holds=call is not None and call.status in expected and not shape,
            seen=call is not None,
        )
    lists = list(evidence.exchanges.all_of("list "))
    unlike = [
        call
        for call in lists
        if call.system == "servicetrade"
        and call.status == 200
        and not (isinstance(data := unwrap(call.json), Mapping) and "totalPages" in data)
    ]
    yield judged(
        "fact.ST.paging",
        "a list stands under data, with page and totalPages",
        f"{len(unlike)} of {len(lists)} lists in another shape",
        "servicetrade/paging.py read_page [ST 1.1, 1.2]",
        holds=not unlike,
        seen=bool(lists),
    )
    jobs = [_number(row.get("id")) for row in evidence.of("list job")]
    yield judged(
        "fact.ST.order",
        "a list begins with the oldest id",
        "another order",
        "servicetrade/paging.py read_all [ST 1.2]",
        holds=jobs == sorted(jobs),
        seen=len(jobs) > 1,
    )


def _sums(evidence: Evidence) -> Iterator[Judgement]:
    """Amounts are judged where they are whole; what is written down are counts."""
    whole = [row for row in _invoices(evidence) if isinstance(row.get("items"), list)]
    off = [row for row in whole if not _adds_up(row)]
    yield judged(
        "fact.ST.invoice_sums",
        "lines add up to the invoice, and subtotal and tax to its total",
        f"{len(off)} of {len(whole)} invoices do not add up",
        "invoices.tolerance_cents [ST 6.3]",
        holds=not off,
        seen=bool(whole),
    )


def _adds_up(invoice: Mapping[str, Any]) -> bool:
    lines = sum(_number(line.get("subtotal")) for line in invoice["items"])
    subtotal, tax, total = (
        _number(invoice.get(name)) for name in ("subtotal", "taxAmount", "totalPrice")
    )
    return abs(lines - subtotal) < 0.005 and abs(subtotal + tax - total) < 0.005


def _number(value: object) -> float:
    try:
        return float(str(value).replace(",", ""))
    except ValueError:
        return 0.0

"""Approved time and pre-time cards as both sides should have them. Pure.

What Spectrum does by itself is no difference: it splits a card into several rows, takes one back
with a minus, leaves one behind in a table where it stood before, or copies it back there when a
transfer is reversed; and the job's cost center takes the card's place.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from st_spectrum.domain.equation import Line
from st_spectrum.domain.three_values import ExpectedRecord, StoredRecord
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.done_cards import FLOW, DoneCard
from st_spectrum.spectrum.timecards import HISTORY, StoredTimeCard

ZERO = Decimal("0.00")
INFORMATION = frozenset({"Department_Code"})
EVERYTHING = frozenset(
    {"Hours", "Work_Date", "Employee_Code", "Pay_Type", "Job_Number", "Department_Code"}
)


@dataclass(frozen=True)
class CardCodes:
    """Where hours are booked; "" for none."""

    employee: str
    pay_type: str
    job: str
    department: str


NO_CODES = CardCodes("", "", "", "")


@dataclass(frozen=True)
class TimePiece:
    """One piece of time: as ServiceTrade has it now, and as its card was sent.

    `hours` are what is to be paid now, 0 where nothing is any more; `codes` are those of now, None
    where nothing asks for the card. `card` is None where none was confirmed. `line` has the hours
    that do not stand in Spectrum. `is_settled` says that a person has set right in Spectrum what
    changed since; `is_moved` that its card pays time which was moved to another week, as a person
    said.
    """

    key: str
    title: str
    hours: Decimal
    work_date: date
    codes: CardCodes | None
    card: DoneCard | None
    sent_date: date
    line: Line
    reason: str = ""
    is_settled: bool = False
    is_moved: bool = False

    @property
    def token(self) -> str:
        """What its card bears."""
        return token_of(self.key)


@dataclass(frozen=True)
class CardRows:
    """The rows of payroll that bear one token, in a card's order through the tables."""

    rows: tuple[StoredTimeCard, ...] = ()

    @property
    def tables(self) -> Mapping[str, Sequence[StoredTimeCard]]:
        """The rows by table."""
        found: dict[str, list[StoredTimeCard]] = defaultdict(list)
        for row in self.rows:
            found[row.table].append(row)
        return found

    @property
    def paying(self) -> Sequence[StoredTimeCard]:
        """The rows of the table that has most of its hours; of several the one furthest on."""
        best: Sequence[StoredTimeCard] = ()
        for rows in self.tables.values():
            if not best or abs(_sum(rows)) >= abs(_sum(best)):
                best = rows
        return best

    @property
    def posted(self) -> Decimal:
        """Hours of it that payroll has posted."""
        return _sum(self.tables.get(HISTORY, ()))

    @property
    def unposted(self) -> Decimal:
        """Hours that stand there besides and are not posted yet."""
        most, posted = _sum(self.paying), self.posted
        return most - posted if abs(most) > abs(posted) else ZERO

    def copies_of(self, hours: Decimal) -> int:
        """How often a card of so many hours would be paid: rows of one table together have more."""
        counts = [
            len(rows)
            for rows in self.tables.values()
            if len(rows) > 1 and abs(_sum(rows)) > abs(hours)
        ]
        return max(counts, default=1)


def time_title(entry: TimeEntry | None, key: str) -> str:
    """How people know a piece of time."""
    if entry is None:
        return f"time {key}"
    who = entry.user_name or f"user {entry.user_id}"
    return f"{who} {entry.work_date:%m/%d/%Y} {entry.hours:.2f} h"


def by_token(rows: Iterable[StoredTimeCard]) -> dict[str, CardRows]:
    """The rows of each token."""
    found: dict[str, list[StoredTimeCard]] = defaultdict(list)
    for row in rows:
        found[row.token].append(row)
    return {token: CardRows(tuple(those)) for token, those in found.items()}


def both_sides(
    pieces: Iterable[TimePiece], stored: Mapping[str, CardRows]
) -> tuple[list[ExpectedRecord], list[StoredRecord]]:
    """What is expected of the pieces whose card was confirmed, and what stands there as theirs."""
    expected: list[ExpectedRecord] = []
    there: list[StoredRecord] = []
    for piece in pieces:
        if piece.card is None or piece.is_moved:
            continue
        sent = values_of(piece.card.hours, piece.sent_date, codes_of(piece.card))
        if piece.codes is not None:
            now = values_of(piece.hours, piece.work_date, piece.codes)
            information = EVERYTHING if piece.is_settled else INFORMATION
            expected.append(
                ExpectedRecord(
                    FLOW, piece.key, piece.title, piece.token, now, sent, information,
                    is_optional=piece.is_settled,
                )
            )  # fmt: skip
        there += _stored(piece, stored.get(piece.token, CardRows()), sent)
    return expected, there


def nobodys(token: str, card: CardRows) -> StoredRecord:
    """A card under a token of ours that no piece of time has."""
    row = card.paying[0]
    day = f" on {row.work_date:%m/%d/%Y}" if row.work_date else ""
    title = f"card of employee {row.employee_code} for {_sum(card.paying):.2f} h{day}"
    return StoredRecord(token, {}, FLOW, token, title)


def codes_of(card: DoneCard) -> CardCodes:
    """As it was sent."""
    return CardCodes(card.employee, card.pay_type, card.job, card.department)


def codes_of_row(row: StoredTimeCard, sent: CardCodes) -> CardCodes:
    """As it stands in payroll; what its table does not show counts as it was sent."""
    return CardCodes(
        row.employee_code,
        sent.pay_type if "Pay_Type" in row.unseen else row.pay_type,
        sent.job if "Job_Number" in row.unseen else row.job_number,
        sent.department if "Department_Code" in row.unseen else row.department_code,
    )


def values_of(hours: Decimal, day: date, codes: CardCodes) -> dict[str, str]:
    """What is compared of a card, by the names of payroll's tables."""
    return {
        "Hours": f"{hours:.2f}",
        "Work_Date": day.isoformat(),
        "Employee_Code": codes.employee.upper(),
        "Pay_Type": codes.pay_type.upper(),
        "Job_Number": codes.job.upper(),
        "Department_Code": codes.department.upper(),
    }


def _stored(piece: TimePiece, card: CardRows, sent: Mapping[str, str]) -> Iterator[StoredRecord]:
    if not card.rows:
        return
    copies = card.copies_of(piece.card.hours if piece.card else ZERO)
    rows = card.paying
    hours = rows[0].hours if copies > 1 else _sum(rows)
    codes = codes_of(piece.card) if piece.card else NO_CODES
    values = [_values_of_row(row, codes) for row in rows]
    merged = {
        name: sent[name] if any(one[name] == sent[name] for one in values) else values[0][name]
        for name in sent
    }
    record = StoredRecord(
        piece.token, merged | {"Hours": f"{hours:.2f}"}, FLOW, piece.key, piece.title
    )
    for _ in range(copies):
        yield record


def _values_of_row(row: StoredTimeCard, sent: CardCodes) -> dict[str, str]:
    values = values_of(row.hours, row.work_date or date.min, codes_of_row(row, sent))
    return values if row.work_date else values | {"Work_Date": ""}


def _sum(rows: Iterable[StoredTimeCard]) -> Decimal:
    return sum((row.hours for row in rows), ZERO)

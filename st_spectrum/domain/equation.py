"""The equation that a month or a payroll week closes by: *approved = accepted + waiting + refused +
in doubt + left out by rule + handled by hand*, and what is left over has names. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

NOTHING = Decimal("0.00")


class Line(StrEnum):
    """Where the money, or the hours, of an approved record are."""

    POSTED = "accepted and posted"
    NOT_POSTED = "accepted, not yet posted"
    WAITING = "waiting"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"
    LEFT_OUT = "left out by rule"
    BY_HAND = "handled by hand"
    NOT_SUBMITTED = "sent or paid in ServiceTrade, and never submitted to accounting"
    DIFFERENCE = "difference"


@dataclass(frozen=True)
class MoneyOfRecord:
    """One record: what is `approved` for it in ServiceTrade now, of which `posted` and `unposted`
    stand in Spectrum now. `line` has the rest. Dollars, or hours of work.

    `accepted_at` is when it was confirmed, None where it never was.
    """

    key: str
    title: str
    approved: Decimal
    posted: Decimal
    unposted: Decimal
    line: Line
    reason: str = ""
    accepted_at: datetime | None = None

    @property
    def rest(self) -> Decimal:
        """What is approved and does not stand in Spectrum; negative where more stands there."""
        return self.approved - self.posted - self.unposted


@dataclass(frozen=True)
class Equation:
    """The records of one period: a month such as 2026-03, "" where invoices have no date, and of
    what has no period; or a payroll week by its last day, such as 2026-03-07.

    `asked` is what people call the sum of what is approved, `names` what they call a line where it
    is not what `Line` says.
    """

    period: str
    records: tuple[MoneyOfRecord, ...]
    title: str = ""
    asked: str = "approved in ServiceTrade"
    names: Mapping[Line, str] = field(default_factory=dict)

    @property
    def approved(self) -> Decimal:
        """By ServiceTrade now; what is void is not approved."""
        return sum((record.approved for record in self.records), NOTHING)

    @property
    def lines(self) -> Mapping[Line, Decimal]:
        """Each line's money. Together they are what is approved, to the cent."""
        sums: dict[Line, Decimal] = defaultdict(lambda: NOTHING)
        for record in self.records:
            sums[Line.POSTED] += record.posted
            sums[Line.NOT_POSTED] += record.unposted
            sums[record.line] += record.rest
        return {line: sums[line] for line in Line}

    def name_of(self, line: Line) -> str:
        """What people call a line."""
        return self.names.get(line, str(line))

    @property
    def closes(self) -> bool:
        """Whether nothing is left over that no line explains."""
        return not any(self.of(Line.DIFFERENCE))

    @property
    def unposted_since(self) -> datetime | None:
        """When the oldest of what is accepted and not yet posted was accepted."""
        return min(
            (one.accepted_at for one in self.records if one.unposted and one.accepted_at),
            default=None,
        )

    def of(self, line: Line) -> tuple[MoneyOfRecord, ...]:
        """The names behind a line."""
        return tuple(
            record for record in self.records if record.line is line and record.rest != NOTHING
        )


@dataclass(frozen=True)
class ControlTotal:
    """One sum that both sides must have: of a customer, a GL account, a cost center or a tax code;
    of an employee, a pay type, a job or a department.
    """

    period: str
    dimension: str
    code: str
    servicetrade: Decimal
    spectrum: Decimal

    @property
    def difference(self) -> Decimal:
        """What Spectrum has less."""
        return self.servicetrade - self.spectrum


Sums = Mapping[tuple[str, str], Decimal]


def control_totals(period: str, wanted: Sums, found: Sums) -> tuple[ControlTotal, ...]:
    """Sums by dimension and code, of both sides."""
    return tuple(
        ControlTotal(period, *key, wanted.get(key, NOTHING), found.get(key, NOTHING))
        for key in sorted(wanted.keys() | found.keys())
    )


def summed(parts: Iterable[tuple[str, str, Decimal]]) -> dict[tuple[str, str], Decimal]:
    """Parts by dimension and code, added up."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for dimension, code, amount in parts:
        sums[dimension, code] += amount
    return dict(sums)

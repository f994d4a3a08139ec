"""One piece of time of one person on one day, whichever resource of ServiceTrade it was read from
[ST 8.3]. Pure.

The key begins with the end of the payroll week, so that everything of a week lies side by side in
the ledger.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from st_spectrum.domain.digests import digest

Source = Literal["timecard", "jobitem", "clock", "absence"]
Kind = Literal["labor", "clock", "generic"]

BASES: dict[tuple[Source, Kind], str] = {
    ("timecard", "labor"): "labor rows of time cards",
    ("timecard", "clock"): "clocked rows of time cards",
    ("timecard", "generic"): "other rows of time cards",
    ("jobitem", "labor"): "labor items of jobs",
    ("clock", "clock"): "clock events",
    ("absence", "generic"): "absences",
}


@dataclass(frozen=True)
class TimeEntry:
    """What payroll needs to know of it. `hours` has two decimals, `key` never changes while the day
    stays in its week.

    `kind` says where the pay type comes from: `labor` the library item's code, `clock` the
    activity, `generic` the name. `version` is a digest of what the source says, `updated` the time
    of its last change (epoch seconds, 0 when unknown). `waits` says why it cannot cross as it
    stands, such as a clock-in without clock-out; then `hours` may be 0.
    """

    key: str
    source: Source
    kind: Kind
    user_id: int
    user_name: str
    work_date: date
    hours: Decimal
    job_id: int | None = None
    job_number: int | None = None
    job_type: str = ""
    location_id: int | None = None
    service_line: str = ""
    office: str = ""
    lib_item_code: str = ""
    activity: str = ""
    generic_name: str = ""
    is_approved: bool = False
    pay_rate: Decimal | None = None
    version: str = ""
    updated: int = 0
    waits: str = ""
    card_id: int = 0
    """The time card that the row stands on, 0 elsewhere. No part of the version, for the hours are
    the same on any card.
    """

    @property
    def week(self) -> str:
        """The end of the payroll week, `CCYYMMDD`."""
        return week_of_key(self.key)

    @property
    def origin(self) -> str:
        """What stays the same when the work moves to another week: the key without its week."""
        return origin_of_key(self.key)

    @property
    def basis(self) -> str:
        """Which record of ServiceTrade pays the hours: two bases of a week would pay them twice."""
        return BASES.get((self.source, self.kind), self.source)

    def versioned(self, *facts: Any) -> "TimeEntry":
        """The same entry with the digest of all it says, except names of people, and of further
        `facts` behind its hours.

        With `facts` the hours are left out: then they follow from the facts, and rounding alone is
        no change.
        """
        values = vars(self) | {"version": "", "updated": 0, "user_name": ""}
        del values["card_id"]
        if facts:
            values["hours"] = list(facts)
        return replace(self, version=digest(values))


def entry_key(week_end: date, source: Source, source_id: int | str, part: int | None = None) -> str:
    """`<week's end CCYYMMDD>.<source>.<source id>[.<part>]`."""
    return f"{week_end:%Y%m%d}.{source}.{source_id}" + ("" if part is None else f".{part}")


def week_of_key(key: str) -> str:
    """The end of the payroll week of an entry, `CCYYMMDD`."""
    return key.partition(".")[0]


def origin_of_key(key: str) -> str:
    """The key without its week."""
    return key.partition(".")[2]


def in_hundredths(exact: Iterable[Fraction]) -> tuple[Decimal, ...]:
    """Exact hours as hundredths whose sum is the rounded sum of all: what one rounding takes, the
    next gives back.

    Give them in the order in which they came about. What comes later never changes what came
    before, so hours that were sent stay what they were; each differs from its exact value by less
    than one hundredth.
    """
    shares: list[Decimal] = []
    total, given = Fraction(0), 0
    for hours in exact:
        total += hours
        reached = _half_up(total * 100)
        shares.append(Decimal(reached - given).scaleb(-2))
        given = reached
    return tuple(shares)


def _half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)

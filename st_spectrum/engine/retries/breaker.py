"""A breaker per cause: the same refusal of three records stops what would meet it too, and nothing
else. Pure.

The cause is what the target blamed: flow, operation, code and field, and the value that the call
held in that field. Only fields count that many records share, codes above all: a refusal that
concerns one record's own data, such as its name, its number or its amount, makes no other wait.
Where no field is blamed, or one that the call does not have, three records with the same text stand
for the operation. A date is refused because its period is closed: there the first refusal stops the
month.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from st_spectrum.domain.commands import Command
from st_spectrum.domain.digests import digest
from st_spectrum.domain.errors import Rejected
from st_spectrum.engine.retries.causes import blamed_as
from st_spectrum.engine.retries.code_places import CodePlaces, Place, SpectrumPlace
from st_spectrum.ledger.documents.guards import BlamedCause, KeptBreaker

OPENS_AT = 3
"""So many different records in a row that are refused for one cause make the others wait."""

REMEMBERED = 50
"""Refused records asked for again at once when the cause is gone; more wait for their own pause."""

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60))
"""Until one record is tried again; the last one stays."""

FORGOTTEN_AFTER = timedelta(days=1)
"""What nothing has met for so long is no cause any more: one that is open is tried every hour."""

SCOPE = "job_id"

MEANWHILE = frozenset({"changed", "void"})
"""Our own codes for a record changed while under way; they say nothing of any other record."""

MONTH = re.compile(r"\d\d/\d{4}")
"""How the month of a refused date is told."""

PAGE, PAUSE = "page", "pause"
"""Codes of a system's causes: something else answers, or it asks to be left alone for long."""


@dataclass(frozen=True)
class Cause:
    """What was blamed. Where nobody can tell `value` is None, and `text`, the target's words."""

    flow: str
    operation: str
    code: str = ""
    field: str = ""
    value: str | None = None
    text: str = ""

    @property
    def id(self) -> str:
        """The same in every process; it begins with the flow."""
        return (
            f"{self.flow}-{digest([self.operation, self.code, self.field, self.value, self.text])}"
        )

    @property
    def is_of_a_period(self) -> bool:
        """Whether its value is a month: one refusal is enough, none of that month is taken."""
        return self.value is not None and MONTH.fullmatch(self.value) is not None

    @property
    def opens_at(self) -> int:
        """So many refused records make the others wait."""
        return 1 if self.is_of_a_period else OPENS_AT

    @property
    def is_of_the_system(self) -> bool:
        """Whether no call of the operation gets through, whatever it holds."""
        return self.code in (PAGE, PAUSE) and self.value is None and not self.text

    def is_met_by(self, call: Command) -> bool:
        """Whether a call, once sent, would meet this cause."""
        if call.operation != self.operation:
            return False
        if self.value is None:
            return True
        values = values_of(call, self.field)
        return self.value in values or self.value == _together(values)


@dataclass(frozen=True)
class Breaker:
    """One cause as the ledger keeps it. It is open from the third record on, until one that would
    meet the cause passes.

    `words` are those of the first refusal, `records` the keys of those that were refused,
    `settings` the digest of the account file under which the last one was.
    """

    cause: Cause
    words: str
    records: tuple[str, ...]
    refused_at: datetime
    settings: str = ""
    tries: int = 0
    next_try_at: datetime | None = None
    cause_text: str = ""
    """What a mail calls the refusal."""

    @property
    def told_as(self) -> str:
        """What a mail calls the cause: with the value that was blamed, for two wrong codes are two
        things to correct.
        """
        cause = self.cause
        if cause.value is None or not self.cause_text:
            return self.cause_text
        refusal, is_of_the_target, _ = self.cause_text.partition(":")
        values = ", ".join(repr(value) for value in cause.value.split("\n"))
        if not is_of_the_target:  # a flow's own word, whatever field it was blamed in
            return f"{refusal}: {values}"
        return f"{refusal}: {blamed_as(cause.field, cause.code)} {values}"

    @property
    def is_open(self) -> bool:
        """Whether others wait."""
        return self.next_try_at is not None

    def is_due(self, now: datetime, settings: str) -> bool:
        """Whether one record may be tried: the pause is over, or was set by a clock that was wrong,
        or the account file says something else by now.
        """
        next_try = self.next_try_at
        return (
            next_try is None or not now < next_try <= now + PAUSES[-1] or settings != self.settings
        )

    def is_forgotten(self, now: datetime) -> bool:
        """Whether nothing has met it for long: too few records did, or the code is sent no more."""
        return now - self.refused_at > FORGOTTEN_AFTER

    def refused(self, key: str, now: datetime, settings: str) -> "Breaker":
        """After one more refusal: it opens at the third, or at the first of a period. One that is
        open waits no longer for those that were under way.
        """
        records = self.records if key in self.records else (*self.records, key)[:REMEMBERED]
        after = replace(self, records=records, refused_at=now, settings=settings)
        if not self.is_open:
            return (
                replace(after, next_try_at=now + PAUSES[0])
                if len(records) >= self.cause.opens_at
                else after
            )
        return after

    def turned_away(self, key: str, now: datetime, settings: str, pause: timedelta) -> "Breaker":
        """After one more call that did not get through to the application; a `pause` that was asked
        for opens it at once.
        """
        after = self.refused(key, now, settings)
        if not pause:
            return after
        return replace(after, next_try_at=max(now + pause, after.next_try_at or now))

    def tried(self, now: datetime, settings: str) -> "Breaker":
        """While one record is tried, and after it was refused again, nobody else is until the pause
        is over.
        """
        tries = self.tries + 1 if settings == self.settings else 0
        return replace(
            self,
            tries=tries,
            next_try_at=now + PAUSES[min(tries, len(PAUSES) - 1)],
            settings=settings,
        )

    def undecided(self, now: datetime) -> "Breaker":
        """The record that was tried met something else: another one may be tried at once."""
        return replace(self, tries=max(self.tries - 1, 0), next_try_at=now)


def causes_of_refusal(
    flow: str, call: Command, refusal: Rejected, places: CodePlaces
) -> tuple[Cause, ...]:
    """What a refusal of a call blames, each reason for itself."""
    return tuple(dict.fromkeys(_causes(flow, call, refusal, places)))


def _causes(flow: str, call: Command, refusal: Rejected, places: CodePlaces) -> Iterator[Cause]:
    for problem in refusal.problems:
        if problem.code in MEANWHILE:
            continue
        # Without a field, what a job bears may be wrong with that job alone.
        field = (
            problem.field
            if values_of(call, problem.field)
            else SCOPE
            if SCOPE in call.rows[0]
            else problem.field
        )
        values = sorted(values_of(call, field))
        # Of several lines with several values the text tells which one is meant; else all of them
        # are, taken together.
        named = (
            [value for value in values if value and value in problem.text]
            if len(values) > 1
            else values
        )
        if values and not (places.is_shared(field) or _is_of_a_period(call, field)):
            continue  # the record's own data
        if not any(values) and places.is_left_to_spectrum(flow, problem.field):
            continue  # that of its own customer or job in Spectrum
        if values:
            value = named[0] if len(named) == 1 else _together(values)
            yield Cause(
                flow,
                call.operation,
                problem.code,
                field,
                value,
                problem.text if field == SCOPE else "",
            )
        else:
            yield Cause(flow, call.operation, problem.code, problem.field, None, problem.text)


def _together(values: Iterable[str]) -> str:
    return "\n".join(sorted(values))


def values_of(call: Command, field: str) -> frozenset[str]:
    """What a call would send in a field, in its lines too; empty where it has no such field."""
    name = _folded(field)
    if not name:
        return frozenset()
    found = frozenset(
        str(value) for row in call.rows for key, value in row.items() if _folded(key) == name
    )
    return frozenset(map(_month, found)) if _is_of_a_period(call, field) else found


def _is_of_a_period(call: Command, field: str) -> bool:
    return _folded(field) in map(_folded, call.period_fields)


def _month(day: str) -> str:
    """`10/2026` of `10/31/2026`, as Spectrum writes dates [SP 1.8]."""
    return f"{day[:3]}{day[6:]}"


def _folded(name: str) -> str:
    """REST and SOAP spell one field in two ways: `Tax_Class_Code`, `taxClassCode`."""
    return name.replace("_", "").replace(" ", "").casefold()


def met_by(breakers: Iterable[Breaker], calls: Iterable[Command]) -> tuple[Breaker, ...]:
    """Those whose cause one of the calls would meet."""
    sent = tuple(calls)
    return tuple(
        breaker for breaker in breakers if any(breaker.cause.is_met_by(call) for call in sent)
    )


def advice_for(place: Place, cause: Cause) -> str:
    """What to do about what was refused; it names the place that a code came from."""
    field, value = cause.field, cause.value
    if cause.is_of_a_period:
        return "Open the period in Spectrum."
    if isinstance(place, SpectrumPlace):
        return place.advice(value or "")
    if not place:
        return "Correct what is named, in Spectrum's set-up or at the source."
    code = f"the code {value!r} " if value else ""
    return (
        f"Correct {place} in the account file, where {code}of {field} comes from, or set the code"
        " up in Spectrum."
    )


def need_of(place: Place, cause: Cause) -> str:
    """What a record waits for that was refused for this."""
    if isinstance(place, str) and place:
        return f"account: {place}"
    return f"spectrum: {cause.operation} {cause.field}".strip()


def to_document(breaker: Breaker) -> KeptBreaker:
    """As the ledger keeps it."""
    return KeptBreaker(**(vars(breaker) | {"cause": BlamedCause(**vars(breaker.cause))}))


def from_document(kept: KeptBreaker) -> Breaker:
    """What `to_document` made."""
    return Breaker(**(vars(kept) | {"cause": Cause(**vars(kept.cause))}))

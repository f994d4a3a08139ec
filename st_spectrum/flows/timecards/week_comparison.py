"""A payroll week compared as a whole: what of its approved time has no marker goes out, and the
week becomes a table.

It costs the pages of the week, one listing for each 1,000 markers, and what was missing. Payroll's
own cards are read once more for the table where Info-Link can be read, in one statement for each of
its tables.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.engine.report import Outcome, Report, Result, merged
from st_spectrum.flows.timecards.cards_compared import codes_of, codes_of_row
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.description import TIMECARDS
from st_spectrum.flows.timecards.done_cards import FLOW, DoneCard, done_card, done_cards, mark
from st_spectrum.flows.timecards.kept import accepted_version, readable_card
from st_spectrum.flows.timecards.paid_hours import is_due, is_part_of
from st_spectrum.flows.timecards.payroll_rows import Row, with_shared_codes
from st_spectrum.flows.timecards.refusals import NOT_FOUND, POSTED_OR_DELETED
from st_spectrum.flows.timecards.rules import version_of
from st_spectrum.flows.timecards.time_context import TimeContext
from st_spectrum.ledger.entry import State
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.timecards import StoredTimeCard

CHUNK = 250
"""Pieces of time between two looks at whether a system has stopped the run."""

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Total:
    """Hours of one employee, pay type, job or department on both sides."""

    servicetrade: Decimal
    payroll: Decimal


@dataclass(frozen=True)
class PayrollWeek:
    """A week after its reconciliation. `missed` are the keys of approved time that nothing had
    asked for before.

    `job_ids` are ServiceTrade's jobs of the pieces that stand there on one.
    """

    end: date
    rows: tuple[Row, ...]
    missed: tuple[str, ...]
    report: Report
    job_ids: Mapping[str, int] = field(default_factory=dict)

    @property
    def difference(self) -> Decimal:
        """All that ServiceTrade has more than payroll, each piece counted without its sign."""
        return sum((abs(row.difference) for row in self.rows), ZERO)

    def totals(self, by: str) -> dict[str, Total]:
        """Sums by `employee`, `pay_type`, `job` or `department`; without such a code: under ""."""
        sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        for row in self.rows:
            pair = sums[getattr(row, by)]
            pair[0] += row.hours
            pair[1] += row.hours - row.difference
        return {code: Total(*pair) for code, pair in sorted(sums.items())}


def compare_entries(
    context: TimeContext,
    end: date,
    listed: Iterable[TimeEntry],
    run: Callable[[Sequence[str]], Report],
) -> PayrollWeek:
    """Send what is missing of the payroll week that ends with `end`, and compare both sides piece
    by piece.

    `listed` is the week's time as it was just read, after somebody has seen that not too much of it
    has vanished; `run` has pieces of time carried over. A system that stops that stands in the
    report.
    """
    week = f"{end:%Y%m%d}"
    entries = {entry.key: entry for entry in listed}
    done = context.vanished.take_done_cards(week)
    unmarked = [
        key for key, entry in entries.items() if is_due(entry, context.account) and key not in done
    ]
    known = frozenset(context.ledger.keys(FLOW, week)) if unmarked else frozenset()
    missed = tuple(key for key in unmarked if key not in known)
    # What changed or went away since it was sent is only told; the engine never sends it again.
    changed = [
        key
        for key, card in done.items()
        if key not in entries or entries[key].version != card.version
    ]
    report = _carry(run, [*unmarked, *changed])
    if unmarked:
        done = _with_missing_markers(context, unmarked, done_cards(context.ledger, week))
    rows = tuple(
        _rows(context, end, entries, done, {outcome.key: outcome for outcome in report.outcomes})
    )
    rows = with_shared_codes(rows, {key: entry.user_id for key, entry in entries.items()})
    job_ids = {key: entry.job_id for key, entry in entries.items() if entry.job_id is not None}
    return PayrollWeek(end, rows, missed, report, job_ids)


def _carry(run: Callable[[Sequence[str]], Report], keys: list[str]) -> Report:
    reports = []
    for start in range(0, len(keys), CHUNK):
        reports.append(run(keys[start : start + CHUNK]))
        if reports[-1].stopped_by:
            break
    return merged(TIMECARDS, reports)


def _with_missing_markers(
    context: TimeContext, unmarked: Iterable[str], marked: Mapping[str, DoneCard]
) -> dict[str, DoneCard]:
    """A worker that died after confirming a card has left no marker; it is left now."""
    found = dict(marked)
    for key in unmarked:
        if key in marked:
            continue
        held = context.ledger.get(FLOW, key)
        sent, fields = readable_card(context.ledger, key)
        if held is not None and sent is not None and held.entry.state is State.CONFIRMED:
            found[key] = done_card(held.entry, sent, fields)
            mark(context.ledger, found[key])
    return found


@dataclass(frozen=True)
class _SentPiece:
    """One piece of time whose card was sent: as ServiceTrade has it now, and as payroll holds it.

    `stored` are payroll's cards of the week by token, None where they cannot be looked up.
    """

    key: str
    entry: TimeEntry | None
    card: DoneCard
    stored: Mapping[str, StoredTimeCard] | None
    outcome: Outcome | None

    @property
    def found(self) -> StoredTimeCard | None:
        """Its card in payroll."""
        return self.stored.get(token_of(self.key)) if self.stored else None

    @property
    def is_changed(self) -> bool:
        """Whether the time is another one than was sent."""
        return self.entry is None or self.entry.version != self.card.version

    @property
    def hours_in_spectrum(self) -> Decimal | None:
        """None where nobody can tell: without cards left, all was posted, without its tokens."""
        if not self.stored:
            return None
        return self.found.total if self.found else ZERO

    def remarks(self) -> list[str]:
        """What the engine said of it, and what is odd in payroll."""
        outcome, found = self.outcome, self.found
        remarks = (
            [outcome.reason, *outcome.notes] if outcome and outcome.result is Result.HELD else []
        )
        if self.stored is not None and found is None:
            remarks.append(NOT_FOUND if self.stored else POSTED_OR_DELETED)
        if found and found.copies > 1 and not is_part_of(found.total, self.card.hours):
            remarks.append(
                f"stands {found.copies} times in Spectrum ({found.table}): take the others out"
            )
        elif found and found.copies > 1 and found.total != self.card.hours:
            remarks.append(f"{found.table} has {found.total:.2f} h of it")
        return remarks


def _rows(
    context: TimeContext,
    end: date,
    entries: Mapping[str, TimeEntry],
    done: Mapping[str, DoneCard],
    outcomes: Mapping[str, Outcome],
) -> Iterator[Row]:
    stored = _in_spectrum(context, done, end)
    for key in sorted({*entries, *done}):
        entry, card = entries.get(key), done.get(key)
        if card is not None:
            yield _sent_row(context, _SentPiece(key, entry, card, stored, outcomes.get(key)))
        elif entry is not None and is_due(entry, context.account):
            outcome = outcomes.get(key)
            # Another account file carries it; it is no part of this payroll.
            if outcome is None or outcome.result is not Result.OUT_OF_SCOPE:
                yield _open_row(context, entry, outcome)


def _sent_row(context: TimeContext, piece: _SentPiece) -> Row:
    entry, card, found = piece.entry, piece.card, piece.found
    known = entry or readable_card(context.ledger, piece.key)[0]
    hours = entry.hours if entry is not None and is_due(entry, context.account) else ZERO
    # What nobody can look up in payroll counts as it was sent.
    payroll = card.hours if piece.hours_in_spectrum is None else piece.hours_in_spectrum
    codes = codes_of_row(found, codes_of(card)) if found else codes_of(card)
    remarks = piece.remarks()
    if (
        piece.is_changed
        and found is None
        and accepted_version(context.ledger, piece.key) == version_of(entry)
    ):
        payroll = hours
        remarks.append("changed after it was sent, and set right by a person")
    return Row(
        entry=piece.key,
        technician=known.user_name or str(known.user_id) if known else "",
        work_date=known.work_date if known else card.sent_at.date(),
        hours=hours,
        target_key=token_of(piece.key),
        state=State.CONFIRMED,
        first_seen_at=card.first_seen_at,
        sent_at=card.sent_at,
        hours_sent=card.hours,
        hours_in_spectrum=piece.hours_in_spectrum,
        difference=hours - payroll,
        employee=codes.employee,
        pay_type=codes.pay_type,
        job=codes.job,
        department=codes.department,
        remark="; ".join(remarks),
    )


def _open_row(context: TimeContext, entry: TimeEntry, outcome: Outcome | None) -> Row:
    held = context.ledger.get(FLOW, entry.key)
    return Row(
        entry=entry.key,
        technician=entry.user_name or str(entry.user_id),
        work_date=entry.work_date,
        hours=entry.hours,
        target_key="",
        state=held.entry.state if held else "not asked for",
        first_seen_at=held.entry.first_seen_at if held else None,
        sent_at=None,
        hours_sent=ZERO,
        hours_in_spectrum=None,
        difference=entry.hours,
        employee=entry.user_name or str(entry.user_id),
        pay_type="",
        job="",
        department="",
        remark=outcome.reason if outcome else "the run stopped before it",
    )


def _in_spectrum(
    context: TimeContext, done: Iterable[str], end: date
) -> Mapping[str, StoredTimeCard] | None:
    """Payroll's cards by token; None where they cannot be looked up."""
    days = end - timedelta(days=6), end
    try:
        return context.spectrum.find_pre_time_cards((token_of(key) for key in done), days)
    except LookupImpossible:
        return None

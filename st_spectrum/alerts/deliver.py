"""One round of alerts: look at the ledger, write the mails that are due into the outbox, send what
waits there.

Two rounds at once are harmless: the second one leaves the looking to the first and sends only what
nobody else is sending.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from st_spectrum.account import Account
from st_spectrum.alerts.causes import Cause, causes_of
from st_spectrum.alerts.deciding import decide_mails
from st_spectrum.alerts.differences import causes_of_differences
from st_spectrum.alerts.digest import write_letter
from st_spectrum.alerts.doubles import causes_of_doubles, link_to_owner
from st_spectrum.alerts.failures import causes_of_failures, failures
from st_spectrum.alerts.launchpads import Launchpads
from st_spectrum.alerts.limits import causes_of_limits
from st_spectrum.alerts.memory import recall
from st_spectrum.alerts.outbox import Lease, Sending, forget_sent, send_waiting, write_down
from st_spectrum.alerts.secrets import without_secrets
from st_spectrum.domain.errors import ContractBroken
from st_spectrum.engine.guards.doubles import kept_doubles
from st_spectrum.engine.rounds.held_back import held_back
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import Entry
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.reconcile.found_differences import kept_differences

DAMAGED = "the ledger's entry cannot be read"


class TooMuchToRead(Exception):
    """The open entries could not all be read in the time given; nothing was decided, for what was
    not read is not solved.
    """


@dataclass(frozen=True)
class Round:
    """What one round came to: mails written down, mails sent, and what remains."""

    causes: int
    written: int
    sending: Sending

    def counts(self) -> str:
        """In one line what was found and sent."""
        parts = [
            f"open causes: {self.causes}",
            f"new mails: {self.written}",
            f"sent: {len(self.sending.sent)}",
        ]
        if self.sending.waiting:
            parts.append(f"waiting in the outbox: {self.sending.waiting}")
        return ", ".join(parts) + "."

    def sentence(self) -> str:
        """The same with what went wrong."""
        return " ".join([self.counts(), *(f"{problem}." for problem in self.sending.trouble)])


NOBODY = Round(0, 0, Sending())


def _now() -> datetime:
    return datetime.now(UTC)


def alert(
    account: Account,
    ledger: Ledger,
    *,
    clock: Callable[[], datetime] = _now,
    seconds: float | None = None,
    launchpads: Launchpads | None = None,
) -> Round:
    """One round; while the account file names nobody for mail, nothing is done.

    `launchpads` are where people act on records in Dagster; unless told, those of a code location
    that is called after the account. `seconds` bound the round, but for the end of a mail that is
    under way. Raises the ledger's error families; and `TooMuchToRead` after the outbox had its
    turn.
    """
    support = account.support
    if not support.for_payroll:
        return NOBODY
    until = None if seconds is None else clock() + timedelta(seconds=seconds)
    half = None if seconds is None else clock() + timedelta(seconds=seconds / 2)
    too_much = None
    causes, written = 0, 0
    try:
        if support.contacts:
            pads = launchpads or Launchpads(support.dagster_url, account.name, account=account.name)
            causes, written = take_stock(account, ledger, clock, half, pads)
    except TooMuchToRead as problem:
        too_much = problem
    timeout = (
        support.smtp_timeout_seconds
        if seconds is None
        else min(support.smtp_timeout_seconds, seconds / 4)
    )
    sending = send_waiting(ledger, support, clock, timeout_seconds=timeout, until=until)
    if too_much is not None:
        raise too_much
    return Round(causes, written, sending)


def take_stock(
    account: Account,
    ledger: Ledger,
    clock: Callable[[], datetime],
    until: datetime | None,
    launchpads: Launchpads,
) -> tuple[int, int]:
    """Decide which mails are due and write them into the outbox; answers open causes and mails
    written.

    The mails are written before what is known: a crash in between decides the same again, under the
    same names.
    """
    lease = Lease(ledger, "stock", clock)
    if not lease.take():
        return 0, 0
    try:
        now = clock()
        runs = causes_of_failures(failures(ledger).values(), account.support.dagster_url, now)
        # A system that is down stops runs and the few records that were on their way: one mail says
        # so, not one per flow.
        stopped_by = {cause.text for cause in runs}
        records = _causes_of_entries(account, ledger, clock, until)
        found = [*runs, *(cause for cause in records if cause.text not in stopped_by)]
        known = recall(ledger, now)
        notices, after = decide_mails(found, known, now, account.support.digest_hours)
        written = 0
        for notice in notices:
            letter = without_secrets(
                write_letter(notice, account.name, account.timezone, now, launchpads), account
            )
            written += write_down(ledger, notice.id, letter, now)
        ledger.put(after)
        if after.period != known.period:
            forget_sent(ledger, now - timedelta(hours=2 * account.support.digest_hours))
        return len(found), written
    finally:
        lease.give_back()


def _causes_of_entries(
    account: Account, ledger: Ledger, clock: Callable[[], datetime], until: datetime | None
) -> tuple[Cause, ...]:
    damaged: list[tuple[str, ContractBroken]] = []
    entries = list(_open_entries(ledger, clock, until, damaged))
    now = clock()
    attempts = account.pace.attempts_before_a_person
    closed = partial(_entry, ledger, clock, until)
    api_url = account.servicetrade.base_url
    found = causes_of(entries, api_url, now, attempts, closed)
    link_of = partial(link_to_owner, ledger, api_url)
    doubles = (
        cause
        for flow in FLOWS
        for cause in causes_of_doubles(flow, kept_doubles(ledger, flow), now, link_of)
    )
    differences = (
        cause
        for flow in FLOWS
        for cause in causes_of_differences(flow, kept_differences(ledger, flow), api_url)
    )
    limits = (cause for flow in FLOWS for cause in causes_of_limits(flow, held_back(ledger, flow)))
    return (*found, *limits, *doubles, *differences, *_causes_of_damage(damaged, now))


def _open_entries(
    ledger: Ledger,
    clock: Callable[[], datetime],
    until: datetime | None,
    damaged: list[tuple[str, ContractBroken]],
) -> Iterator[Entry]:
    for flow in FLOWS:
        for key in ledger.open_keys(flow):
            if until is not None and clock() >= until:
                raise TooMuchToRead
            try:
                held = ledger.get(flow, key)
            except ContractBroken as broken:
                damaged.append((flow, broken))
                continue
            if held is not None:
                yield held.entry


def _entry(
    ledger: Ledger, clock: Callable[[], datetime], until: datetime | None, flow: str, key: str
) -> Entry | None:
    """The entry of a record that others need; None for one that cannot be read."""
    if until is not None and clock() >= until:
        raise TooMuchToRead
    try:
        held = ledger.get(flow, key)
    except ContractBroken:
        return None
    return held.entry if held else None


def _causes_of_damage(
    damaged: Iterable[tuple[str, ContractBroken]], now: datetime
) -> Iterator[Cause]:
    for flow in FLOWS:
        sentences = [broken.message for of, broken in damaged if of == flow]
        if sentences:
            advice = f"Tell whoever maintains the integration. {sentences[0]}"
            yield Cause(
                flow, DAMAGED, "Whoever maintains the integration", advice, len(sentences), now
            )

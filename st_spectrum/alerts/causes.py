"""Why records do not go on: open ledger entries by flow and cause. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from st_spectrum.alerts.links import record_link
from st_spectrum.domain.digests import digest
from st_spectrum.engine.people.root_causes import (
    NOT_LOOKED_AT,
    Lookup,
    RootCause,
    of_flow,
    root_causes,
    total,
)
from st_spectrum.engine.retries.attention import (
    ON_ITS_WAY,
    needs_a_person,
    open_since,
    waits_for_a_system,
)
from st_spectrum.engine.retries.redrive import ASKED_FOR, EARLIER_SKIPS
from st_spectrum.flows import FLOWS
from st_spectrum.ledger.entry import Entry, State

RECORDS_NAMED = 10
"""Records that a mail names for one cause, the oldest first; the others are counted."""

PATIENCE = "Nothing to do"
"""How advice begins that leaves it to the program."""

RESOLVE = "st-spectrum ledger resolve"
"""What advice names where the record waits for what a person found in the target."""

MAINTAINER = "Whoever maintains the integration"
OFFICE = "The office, in ServiceTrade"
ACCOUNT_FILE = "Whoever maintains the account file"


@dataclass(frozen=True)
class Affected:
    """One record, or one failed run, as a mail names it. `why` is "" when the cause says it all."""

    key: str
    title: str
    since: datetime
    why: str = ""
    amount: Decimal | None = None
    link: str = ""


@dataclass(frozen=True)
class Behind:
    """The records of one flow that go on by themselves once a cause is gone."""

    flow: str
    count: int
    amount: Decimal | None = None
    hours: Decimal | None = None


@dataclass(frozen=True)
class Cause:
    """What some records have in common. `since` is when the oldest began to wait, `amount` the
    money in all that waits for it, and `hours` the work; `behind` are the records that wait for
    others of it.
    """

    flow: str
    text: str
    who: str
    advice: str
    count: int
    since: datetime
    amount: Decimal | None = None
    affected: tuple[Affected, ...] = ()
    noun: str = "records"
    hours: Decimal | None = None
    behind: tuple[Behind, ...] = ()
    listed_by: str = "st-spectrum ledger open"
    """The command that names all of it where a mail names only the first."""
    is_left_alone: bool = False
    """Whether the records themselves wait for nothing, but others for them."""
    is_in_doubt: bool = False
    """Whether somebody may have to say what stands in the target: an answer was lost, or what
    crossed has changed since.
    """

    @property
    def id(self) -> str:
        """The same for the same cause in every run and on every machine."""
        return id_of(self.flow, self.text)

    @property
    def frees(self) -> int:
        """Records that go on once it is gone, or failed runs."""
        own = 0 if self.is_left_alone else self.count
        return own + sum(group.count for group in self.behind)


def id_of(flow: str, text: str) -> str:
    """The id of a cause, by which a person names it."""
    return digest([flow, text])


def nothing_else(flow: str, key: str) -> Entry | None:  # noqa: ARG001 - the shape of a look-up
    """For callers without a ledger: nothing is known of what is not open."""
    return None


def causes_of(
    entries: Iterable[Entry],
    api_url: str,
    now: datetime,
    attempts: int,
    closed: Lookup = nothing_else,
) -> tuple[Cause, ...]:
    """The causes that deserve a mail at `now`, those that free the most records first.

    `api_url` is ServiceTrade's. A record that was tried `attempts` times deserves it at once.
    `closed` has the entry of what is not open, for a record that was left alone may keep others
    waiting.
    """
    found = [
        cause_of(_due_alone(root, now, attempts), api_url)
        for root in root_causes(entries, tuple(FLOWS), closed)
        if is_due(root, now, attempts)
    ]
    return tuple(sorted(found, key=lambda cause: (-cause.frees, cause.flow, cause.text)))


def is_due(root: RootCause, now: datetime, attempts: int) -> bool:
    """Whether somebody should be told by now, for it does not just need some patience."""
    if root.is_left_alone:
        return now - root.since >= ON_ITS_WAY
    return any(_deserves_a_mail(entry, now, attempts) for entry in root.members)


def _deserves_a_mail(entry: Entry, now: datetime, attempts: int) -> bool:
    """What asks nothing of anybody is in the list of what is open, and in no mail."""
    return not _is_for_nobody(entry) and needs_a_person(entry, now, attempts, FLOWS)


def _is_for_nobody(entry: Entry) -> bool:
    return entry.advice.startswith(f"{PATIENCE}:") and entry.advice != ASKED_FOR


def _due_alone(root: RootCause, now: datetime, attempts: int) -> RootCause:
    """Without the members that still have time."""
    if root.is_left_alone:
        return root
    due = tuple(entry for entry in root.members if _deserves_a_mail(entry, now, attempts))
    return RootCause(root.flow, root.text, due, root.behind)


def cause_of(root: RootCause, api_url: str) -> Cause:
    """A root cause as people read it."""
    waiting = root.waiting
    return Cause(
        root.flow,
        root.text,
        _who(root),
        _advice(root),
        len(root.members),
        root.since,
        total(entry.money for entry in waiting),
        tuple(_affected(entry, root, api_url) for entry in root.members[:RECORDS_NAMED]),
        hours=total(entry.work_hours for entry in waiting),
        behind=_behind(root),
        is_left_alone=root.is_left_alone,
        is_in_doubt=any(map(_waits_for_a_word, root.members)),
    )


def _waits_for_a_word(entry: Entry) -> bool:
    return entry.is_in_doubt or RESOLVE in entry.advice


def _behind(root: RootCause) -> tuple[Behind, ...]:
    grouped = ((flow, of_flow(root.behind, flow)) for flow in FLOWS)
    return tuple(
        Behind(
            flow,
            len(entries),
            total(entry.money for entry in entries),
            total(entry.work_hours for entry in entries),
        )
        for flow, entries in grouped
        if entries
    )


def _affected(entry: Entry, root: RootCause, api_url: str) -> Affected:
    why = "" if root.is_left_alone or entry.reason == root.text else entry.reason
    link = record_link(api_url, entry.flow, entry.key)
    return Affected(entry.key, entry.title or entry.key, open_since(entry), why, entry.money, link)


def _advice(root: RootCause) -> str:
    """What most of the records say; of one that was left alone, what those say that need it."""
    if root.text == NOT_LOOKED_AT:
        return (
            f"See in Dagster whether all of {root.flow} is switched on under Automation, and what"
            f" went wrong there; or say `st-spectrum sync {root.flow}`."
        )
    asked = root.behind if root.is_left_alone else root.members
    common = Counter(entry.advice for entry in asked).most_common()
    if not root.is_left_alone:
        return common[0][0]
    advice = next((text for text, _ in common if not text.startswith(PATIENCE)), "")
    return advice or (
        f"Correct in ServiceTrade why this was left alone ({root.text}), or take it off the records"
        " that need it."
    )


def _who(root: RootCause) -> str:
    """Who can do something about it, from what the first record lacks; "" where nobody has to."""
    if root.is_left_alone:
        return ACCOUNT_FILE if root.text.endswith(EARLIER_SKIPS) else OFFICE
    entry = root.members[0]
    if root.text == NOT_LOOKED_AT:
        return "Whoever runs the integration"
    need = entry.needs[0] if entry.needs else ""
    if need.startswith("account:"):
        return ACCOUNT_FILE
    if entry.state is State.REJECTED:
        return "Accounting, in ServiceTrade or in Spectrum's set-up"
    if entry.state in (State.UNKNOWN, State.CLAIMED):
        return f"{MAINTAINER}, if it stays: it is looked up and goes on by itself"
    if need.startswith("spectrum:") or need == "a person":
        return "Accounting, in Spectrum"
    if need == "a correction of st_spectrum":
        return MAINTAINER
    if waits_for_a_system(entry):
        return "Whoever runs the system that is away; everything goes on once it answers again"
    if all(_is_for_nobody(entry) for entry in root.members):
        return ""
    return OFFICE

"""Clock events -> hours by day: in and out are paired, stretches of time split at midnight, hours
rounded with their sum kept.

Nothing is guessed. A pair counts only when no other reading of the events is possible; everything
else becomes an entry that waits and says why, so that a person corrects the events in ServiceTrade
and the hours then cross once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.calendar_days import day_of, split_by_day
from st_spectrum.domain.time_entries import TimeEntry, entry_key
from st_spectrum.flows.timecards.paid_hours import with_hours
from st_spectrum.flows.timecards.payroll_week import week_end
from st_spectrum.servicetrade.time_models import CLOCKED_OUT, ClockEvent

STILL_IN = "still clocked in"
"""Why an entry waits whose clock-out has not come yet; no fault while the day lasts."""

LONGEST_SECONDS = 24 * 3600
"""Nobody works longer than this without a pause: whoever seems to forgot to clock out."""


@dataclass(frozen=True)
class Stretch:
    """Time between a clock-in and its clock-out, of which one may be missing. `waits` is "" when it
    may be paid.
    """

    start: ClockEvent | None
    end: ClockEvent | None
    waits: str = ""

    @property
    def first(self) -> ClockEvent:
        """The event that gives the stretch its identity: the clock-in, unless there is none."""
        event = self.start or self.end
        assert event is not None  # noqa: S101 - one of the two is always there
        return event

    @property
    def span(self) -> tuple[int, int]:
        """Begin and end in epoch seconds; the same twice unless both ends are known."""
        if self.start and self.end:
            return self.start.event_time, self.end.event_time
        return self.first.event_time, self.first.event_time

    @property
    def seconds(self) -> int:
        """Elapsed real time; 0 unless both ends are known."""
        return self.span[1] - self.span[0]


@dataclass(frozen=True)
class Clocked:
    """All entries that the events make, those that wait included, and sentences about what was odd
    but did no harm.
    """

    entries: tuple[TimeEntry, ...]
    notes: tuple[str, ...]


def clock_entries(events: Iterable[ClockEvent], account: Account) -> Clocked:
    """The entries of clock events in any order [ST 8.1].

    Give all events of the persons concerned from somewhat before the first day to now: an event
    that is left out turns its partner into one that waits. Jobs are only named by their ids;
    `with_job` fills in the rest.
    """
    once, notes = unrepeated(events)
    stretches = pair_events(
        once, ZoneInfo(account.timezone), frozenset(account.timecards.unpaid_activities)
    )
    entries = _parts(stretches, account)
    return Clocked(
        tuple(sorted(entries, key=lambda entry: (entry.work_date, entry.user_id, entry.key))), notes
    )


def unrepeated(events: Iterable[ClockEvent]) -> tuple[tuple[ClockEvent, ...], tuple[str, ...]]:
    """Each event once, in order of time, and what was told twice: a list that grows while it is
    read repeats some.

    Of two versions of one event the one changed last counts.
    """
    versions: dict[int, set[ClockEvent]] = defaultdict(set)
    seen: dict[int, int] = defaultdict(int)
    for event in events:
        versions[event.id].add(event)
        seen[event.id] += 1
    kept = [max(events, key=_age) for events in versions.values()]
    notes = []
    for event in sorted(kept, key=_order):
        if seen[event.id] > 1:
            how = (
                "in different versions, of which the newest counts"
                if len(versions[event.id]) > 1
                else "and counts once"
            )
            notes.append(
                f"clock event {event.id} of {event.user.name or event.user.id} was listed"
                f" {seen[event.id]} times {how}"
            )
    return tuple(sorted(kept, key=_order)), tuple(notes)


def pair_events(
    events: Iterable[ClockEvent], zone: ZoneInfo, unpaid: frozenset[str] = frozenset()
) -> tuple[Stretch, ...]:
    """In and out of the same person and activity, each event in exactly one stretch, whatever order
    they are given in.

    Two clock-ins in a row leave open which of them is wrong, so they and the clock-out after them
    wait. So do stretches of one person that overlap, for both would be paid; activities in `unpaid`
    may lie inside of others. `zone` is for texts.
    """
    by_track: dict[tuple[int, str], list[ClockEvent]] = defaultdict(list)
    for event in sorted(events, key=_order):
        by_track[event.user.id, event.activity].append(event)
    stretches = [stretch for track in by_track.values() for stretch in _track(track, zone)]
    return tuple(_with_overlaps(stretches, zone, unpaid))


def _track(events: list[ClockEvent], zone: ZoneInfo) -> Iterator[Stretch]:
    """The stretches of one person and activity; of events in the same second, who is in goes out
    before coming in again.
    """
    open_ins: list[ClockEvent] = []
    for _, group in groupby(events, key=lambda event: event.event_time):
        same = list(group)
        ins = [event for event in same if event.is_in]
        outs = [event for event in same if not event.is_in]
        while ins or outs:
            event = (outs if outs and (open_ins or not ins) else ins).pop(0)
            if event.is_in:
                open_ins.append(event)
            elif event.event_type != CLOCKED_OUT:
                yield Stretch(
                    None,
                    event,
                    f"clock event {event.id} is neither in nor out but {event.event_type!r}",
                )
            elif not open_ins:
                yield Stretch(
                    None, event, f"clocked out at {_time(event, zone)} without being clocked in"
                )
            else:
                yield from _closed(open_ins, event, zone)
                open_ins = []
    if len(open_ins) == 1:
        yield Stretch(open_ins[0], None, STILL_IN)
    elif open_ins:
        yield from _ambiguous(open_ins, None, zone)


def _closed(ins: list[ClockEvent], end: ClockEvent, zone: ZoneInfo) -> Iterator[Stretch]:
    start = ins[0]
    if len(ins) > 1:
        yield from _ambiguous(ins, end, zone)
    elif start.event_time == end.event_time:
        yield Stretch(start, end, f"clocked in and out in the same second, at {_time(start, zone)}")
    elif start.job and end.job and start.job.id != end.job.id:
        jobs = [event.job.number or event.job.id for event in (start, end) if event.job]
        yield Stretch(start, end, f"clocked in on job {jobs[0]}, but out on job {jobs[1]}")
    elif end.event_time - start.event_time > LONGEST_SECONDS:
        hours = (end.event_time - start.event_time) // 3600
        yield Stretch(
            start, end, f"clocked in at {_time(start, zone)} and out only {hours} hours later"
        )
    else:
        yield Stretch(start, end)


def _ambiguous(ins: list[ClockEvent], end: ClockEvent | None, zone: ZoneInfo) -> Iterator[Stretch]:
    times = " and ".join(_time(event, zone) for event in ins)
    out = f"out once, at {_time(end, zone)}" if end else "never out"
    reason = f"clocked in {len(ins)} times in a row, at {times}, and {out}"
    yield from (Stretch(event, None, reason) for event in ins)
    if end:
        yield Stretch(None, end, reason)


def _with_overlaps(
    stretches: list[Stretch], zone: ZoneInfo, unpaid: frozenset[str]
) -> Iterator[Stretch]:
    """The same stretches; of one person's that overlap, each waits and names another."""
    overlaps: dict[int, str] = {}
    paid = [
        stretch
        for stretch in stretches
        if stretch.seconds and not stretch.waits and stretch.first.activity not in unpaid
    ]
    paid.sort(key=lambda stretch: (stretch.first.user.id, stretch.span, stretch.first.id))
    longest: Stretch | None = None
    for stretch in paid:
        if (
            longest is None
            or longest.first.user.id != stretch.first.user.id
            or longest.span[1] <= stretch.span[0]
        ):
            longest = stretch
            continue
        overlaps[stretch.first.id] = f"overlaps with {_words(longest, zone)}"
        overlaps.setdefault(longest.first.id, f"overlaps with {_words(stretch, zone)}")
        longest = max(longest, stretch, key=lambda stretch: stretch.span[1])
    for stretch in stretches:
        yield replace(stretch, waits=stretch.waits or overlaps.get(stretch.first.id, ""))


def _parts(stretches: Iterable[Stretch], account: Account) -> Iterator[TimeEntry]:
    zone = ZoneInfo(account.timezone)
    exact = []
    for stretch in sorted(stretches, key=_completed):
        if not stretch.seconds:
            yield _waiting(stretch, account, zone)
        for number, (day, seconds) in enumerate(split_by_day(*stretch.span, zone), start=1):
            entry = replace(
                _entry(stretch, account, zone),
                work_date=day,
                key=_key(stretch, account, day, number),
            )
            exact.append((entry.versioned(*stretch.span, seconds), Fraction(seconds, 3600)))
    yield from with_hours(exact, account)


def _waiting(stretch: Stretch, account: Account, zone: ZoneInfo) -> TimeEntry:
    facts = (stretch.first.event_time, stretch.end.id if stretch.end else 0)
    return _entry(stretch, account, zone).versioned(*facts)


def _entry(stretch: Stretch, account: Account, zone: ZoneInfo) -> TimeEntry:
    first, events = stretch.first, [event for event in (stretch.start, stretch.end) if event]
    job = next((event.job for event in events if event.job), None)
    day = day_of(first.event_time, zone)
    return TimeEntry(
        key=_key(stretch, account, day, 1),
        source="clock",
        kind="clock",
        user_id=first.user.id,
        user_name=first.user.name,
        work_date=day,
        hours=Decimal("0.00"),
        job_id=job.id if job else None,
        job_number=job.number if job else None,
        job_type=job.type if job else "",
        activity=first.activity,
        is_approved=True,  # clock events know no approval: whoever chooses them approves by that [ST 8.3]
        updated=max(event.updated for event in events),
        waits=stretch.waits,
    )


def _key(stretch: Stretch, account: Account, day: date, number: int) -> str:
    return entry_key(
        week_end(day, account.timecards.week_starts_on), "clock", stretch.first.id, number
    )


def _completed(stretch: Stretch) -> tuple[int, int]:
    """When a stretch came about, by the numbers of its events, which ServiceTrade is assumed to
    give in turn [ST 8.1].
    """
    return max(event.id for event in (stretch.start, stretch.end) if event), stretch.first.id


def _order(event: ClockEvent) -> tuple[int, int]:
    return event.event_time, event.id


def _age(event: ClockEvent) -> tuple[int, int, str]:
    return event.updated, event.event_time, event.model_dump_json()


def _time(event: ClockEvent, zone: ZoneInfo) -> str:
    return _clock_time(event.event_time, zone)


def _clock_time(at: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone(zone):%m/%d %H:%M:%S}"


def _words(stretch: Stretch, zone: ZoneInfo) -> str:
    begin, end = (_clock_time(at, zone) for at in stretch.span)
    return f"{stretch.first.activity} from {begin} to {end}"

"""The first load in waves of one office after the other, or of so many customers at a time: what
belongs together crosses together.

A group is made of what is new to the cursors, and leaves these where they are. So whoever stops in
the middle goes on with what has not crossed, and the waves by flow that follow bring whatever is
nobody's, or has changed meanwhile.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.backfill_by import By
from st_spectrum.domain.errors import SyncFault
from st_spectrum.engine.connected import Connected
from st_spectrum.engine.people.belonging import Belonging, belonging_of
from st_spectrum.engine.report import Report
from st_spectrum.engine.rounds.backfilling import Wave
from st_spectrum.engine.rounds.carrying import Carrying
from st_spectrum.engine.rounds.needed_now import with_needed
from st_spectrum.engine.rounds.round import rebuild_if_lost, stops_the_others
from st_spectrum.ledger.documents.records import Cursor
from st_spectrum.ledger.entry import is_open

MOST_NAMED = 12


@dataclass(frozen=True)
class Group:
    """One office, or one customer with its id: the keys that are still to be carried, by flow."""

    name: str
    id: str = ""
    keys: Mapping[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def size(self) -> int:
        """How many records it has."""
        return sum(map(len, self.keys.values()))

    def is_called(self, names: Collection[str]) -> bool:
        """Whether one of these is its name, or its id."""
        return self.name.casefold() in names or (bool(self.id) and self.id in names)


def groups_of(
    session: Connected, flows: Sequence[str], by: By, only: Sequence[str] = ()
) -> list[Group]:
    """All groups with something left, by name. Raises a `SyncFault` when a list cannot be read, and
    `ArgumentInvalid` when one that is asked for has nothing left.
    """
    session.refuse_before_go_live()
    found = _by_office(session, flows) if by is By.OFFICE else _by_customer(session, flows)
    groups = sorted(found, key=lambda group: (group.name.casefold(), group.id))
    names = {name.casefold() for name in only}
    chosen = [group for group in groups if not names or group.is_called(names)]
    if lacking := [
        name for name in only if not any(g.is_called({name.casefold()}) for g in chosen)
    ]:
        known = ", ".join(group.name for group in groups[:MOST_NAMED])
        more = f" and {len(groups) - MOST_NAMED} more" if len(groups) > MOST_NAMED else ""
        raise ArgumentInvalid(
            [
                f"no {by} called {name!r} has anything left; there are {known}{more}"
                for name in lacking
            ]
        )
    return chosen


def group_waves(
    session: Connected, groups: Iterable[Group], by: By, run_id: str, size: int
) -> Iterator[Wave]:
    """An office flow by flow, `size` records at a time; customers whole, as many as fit. A flow
    that a system stopped is left out of what follows; a system that is down ends it.
    """
    stopped: set[str] = set()
    for name, parts in _parts(groups, by, size):
        wanted = {flow: keys for flow, keys in parts.items() if flow not in stopped}
        if not wanted:
            continue
        began = time.monotonic()
        reports = _carried(session, wanted, run_id)
        yield Wave(
            next(iter(wanted)) if by is By.OFFICE else "",
            0,
            reports,
            time.monotonic() - began,
            name,
        )
        for flow, report in reports.items():
            if report.stopped_by:
                stopped.add(flow)
                if stops_the_others(session, report.stopped_by):
                    return


def _parts(
    groups: Iterable[Group], by: By, size: int
) -> Iterator[tuple[str, Mapping[str, list[str]]]]:
    if by is By.OFFICE:
        for group in groups:
            for flow, keys in group.keys.items():
                for start in range(0, len(keys), size):
                    yield group.name, {flow: keys[start : start + size]}
        return
    gathered: list[Group] = []
    for group in groups:
        if gathered and sum(one.size for one in gathered) + group.size > size:
            yield _together(gathered)
            gathered = []
        gathered.append(group)
    if gathered:
        yield _together(gathered)


def _together(groups: Sequence[Group]) -> tuple[str, Mapping[str, list[str]]]:
    first, last = groups[0].name, groups[-1].name
    name = first if len(groups) == 1 else f"{len(groups)} customers, {first} to {last}"
    keys: dict[str, list[str]] = {}
    for flow in (flow for group in groups for flow in group.keys):
        keys.setdefault(flow, [key for group in groups for key in group.keys.get(flow, ())])
    return name, keys


def _carried(
    session: Connected, parts: Mapping[str, Sequence[str]], run_id: str
) -> dict[str, Report]:
    """In the order of the flows, whatever the order of the parts."""
    carryings = {flow: Carrying(session, flow, run_id) for flow in session.flows}
    reports = {flow: Report(its.description) for flow, its in session.flows.items()}
    for flow in session.flows:
        if flow not in parts:
            continue
        try:
            session.flows[flow].before_batch(parts[flow])
            reports[flow] = carryings[flow].carry(parts[flow])
        except SyncFault as fault:
            reports[flow] = Report(session.flows[flow].description, stopped_by=fault)
        if stops_the_others(session, reports[flow].stopped_by):
            break
    else:
        reports = with_needed(reports, carryings)
    return {flow: report for flow, report in reports.items() if report.outcomes or flow in parts}


def _by_customer(session: Connected, flows: Sequence[str]) -> Iterable[Group]:
    groups: dict[int, Group] = {}
    for flow, key, owner in _new_records(session, flows):
        company = owner.company
        group = groups.setdefault(company.id, Group(company.name, str(company.id)))
        group.keys[flow].append(key)
    return groups.values()


def _by_office(session: Connected, flows: Sequence[str]) -> Iterable[Group]:
    """A site and a customer cross with the first office, by its name, that has work for them."""
    records = list(_new_records(session, tuple(session.flows)))
    of_company, of_location = _first_offices(owner for _, _, owner in records)
    groups: dict[str, Group] = {}
    for flow, key, owner in records:
        place = of_location.get(owner.location.id, "") if owner.location else ""
        office = owner.office or place or of_company.get(owner.company.id, "")
        if office and flow in flows:
            groups.setdefault(office, Group(office)).keys[flow].append(key)
    return groups.values()


def _first_offices(owners: Iterable[Belonging]) -> tuple[dict[int, str], dict[int, str]]:
    of_company: dict[int, str] = {}
    of_location: dict[int, str] = {}
    for owner in sorted(owners, key=lambda owner: owner.office):
        if owner.office:
            of_company.setdefault(owner.company.id, owner.office)
            if owner.location:
                of_location.setdefault(owner.location.id, owner.office)
    return of_company, of_location


def _new_records(session: Connected, flows: Sequence[str]) -> Iterator[tuple[str, str, Belonging]]:
    """Flow, key and owner of what is new and has not crossed, in the flows' order."""
    for name in flows:
        flow = session.flows[name]
        if not flow.description.is_of_companies or flow.why_idle():
            continue
        flow.before_round()
        cursor = session.ledger.document_or_none(Cursor, name) or Cursor()
        changes = flow.notice(cursor)
        if cursor.watermark is None and changes.records:
            rebuild_if_lost(session, flow, changes)
        flow.accept(changes)
        for record in changes.records:
            held = session.ledger.get(name, str(record.id))
            owner = belonging_of(record)
            if owner is not None and (held is None or is_open(held.entry.state)):
                yield name, str(record.id), owner
